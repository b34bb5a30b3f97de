// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(mysql_type(name = "Enum"))]
    pub struct KnightsRankEnum;
}

diesel::table! {
    banners (id) {
        id -> Unsigned<Integer>,
        #[max_length = 40]
        name -> Varchar,
    }
}

diesel::table! {
    duels (id) {
        id -> Integer,
        #[max_length = 36]
        winner -> Nullable<Char>,
        #[max_length = 36]
        loser -> Nullable<Char>,
    }
}

diesel::table! {
    horses (id) {
        id -> Unsigned<Bigint>,
        #[max_length = 40]
        name -> Varchar,
        #[max_length = 36]
        rider -> Char,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::KnightsRankEnum;

    knights (knight_id) {
        #[max_length = 36]
        knight_id -> Char,
        #[max_length = 320]
        mail -> Varchar,
        #[max_length = 1024]
        password_hash -> Varchar,
        is_active -> Bool,
        is_superuser -> Bool,
        is_verified -> Bool,
        #[max_length = 20]
        handle -> Varchar,
        #[max_length = 6]
        rank -> KnightsRankEnum,
        arms -> Longtext,
        knighted_at -> Nullable<Datetime>,
        sworn_at -> Nullable<Timestamp>,
        banner -> Nullable<Unsigned<Integer>>,
    }
}

diesel::joinable!(horses -> knights (rider));
diesel::joinable!(knights -> banners (banner));

diesel::allow_tables_to_appear_in_same_query!(banners, duels, horses, knights,);
