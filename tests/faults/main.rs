//! Databases that stop, crash, are full or are not the ones that were asked for; and requests that are given up.

mod common;
mod every_call;
mod full_pool;
mod given_up;
mod in_the_middle;
mod load;
mod outage;
mod own_server;
mod redis_way;
mod tls;
mod way;
