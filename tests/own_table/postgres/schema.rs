// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "knight_rank"))]
    pub struct KnightRank;
}

diesel::table! {
    banners (id) {
        id -> Int4,
        name -> Text,
    }
}

diesel::table! {
    duels (id) {
        id -> Int4,
        winner -> Nullable<Uuid>,
        loser -> Nullable<Uuid>,
    }
}

diesel::table! {
    horses (id) {
        id -> Int8,
        name -> Text,
        rider -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::KnightRank;

    knights (knight_id) {
        knight_id -> Uuid,
        #[max_length = 320]
        mail -> Varchar,
        #[max_length = 1024]
        password_hash -> Varchar,
        is_active -> Bool,
        is_superuser -> Bool,
        is_verified -> Bool,
        #[max_length = 20]
        handle -> Varchar,
        rank -> KnightRank,
        arms -> Jsonb,
        knighted_at -> Nullable<Timestamptz>,
        sworn_at -> Nullable<Timestamp>,
        banner -> Nullable<Int4>,
    }
}

diesel::joinable!(horses -> knights (rider));
diesel::joinable!(knights -> banners (banner));

diesel::allow_tables_to_appear_in_same_query!(banners, duels, horses, knights,);
