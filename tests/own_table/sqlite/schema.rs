// @generated automatically by Diesel CLI.

diesel::table! {
    banners (id) {
        id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    duels (id) {
        id -> Integer,
        winner -> Nullable<Text>,
        loser -> Nullable<Text>,
    }
}

diesel::table! {
    horses (id) {
        id -> Integer,
        name -> Text,
        rider -> Text,
    }
}

diesel::table! {
    knights (knight_id) {
        knight_id -> Text,
        mail -> Text,
        password_hash -> Text,
        is_active -> Bool,
        is_superuser -> Bool,
        is_verified -> Bool,
        handle -> Text,
        rank -> Text,
        arms -> Text,
        knighted_at -> Nullable<Timestamp>,
        sworn_at -> Nullable<Timestamp>,
        banner -> Nullable<Integer>,
    }
}

diesel::joinable!(horses -> knights (rider));
diesel::joinable!(knights -> banners (banner));

diesel::allow_tables_to_appear_in_same_query!(banners, duels, horses, knights,);
