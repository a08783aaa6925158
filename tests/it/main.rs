//! The integration tests: everything that needs several rooms, files, sockets or processes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod auditing;
mod calendar;
mod ceremony;
mod certificates;
mod codec;
mod commands;
mod commands_day;
mod commands_recusal;
mod comment;
mod comprehensive;
mod correction;
mod direct;
mod disclosure;
mod embargo;
mod foreign;
mod handling;
mod health;
mod layering;
mod lying;
mod mirror;
mod other_office;
mod pool;
mod pool_rules;
mod protocol_page;
mod queries;
mod receipts;
mod recovery;
mod recusal;
mod recusal_unrolled;
mod refusal_limit;
mod refusal_receipt;
mod refusals;
mod steps;
mod submit_stream;
mod subscribe;
mod tamper;
mod threat_model;
mod todo;
mod verifier_claim;
mod whole_year;
mod why;
mod witnessing;
mod world;
mod years;
