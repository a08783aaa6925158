//! Witnesses: what is published waits for their quorum, and a log that forks never gets two quorums.

mod forks;
mod processes;
mod published;
mod stamps;
mod three;
