//! Gathering: a quorum is enough, nobody is waited for without end, and only what is good is taken.

use super::*;

/// A witness of its own, served.
struct Member {
    name: String,
    seed: u8,
    _dir: TempDir,
    server: Running,
}

impl Member {
    fn start(number: u8) -> Self {
        let (name, dir) = (format!("w{number}.example"), tempfile::tempdir().unwrap());
        let seed = 200 + number;
        let secret = SigningKey::from_seed(&[seed; 32]);
        let witness = Witness::open(dir.path(), &name, secret, vec![log().vkey()], Box::new(|| NOW)).unwrap();
        Self { name, seed, _dir: dir, server: Running::start(router(Arc::new(witness))) }
    }

    fn line(&self) -> String {
        policy_line(&self.name, self.seed, &self.server.prefix().to_string())
    }
}

fn policy_line(name: &str, seed: u8, url: &str) -> String {
    let key = CosignerKey::new(name, SigningKey::from_seed(&[seed; 32]).public()).unwrap();
    format!("witness {name} {key} {url}\n")
}

fn policy(witnesses: &[String], quorum: &str) -> Policy {
    let names: Vec<&str> = witnesses.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    let group = format!("group g {quorum} {}\nquorum g\n", names.join(" "));
    format!("log {}\n{}{group}", log().vkey(), witnesses.concat()).parse().unwrap()
}

fn prover(size: u64) -> Prover<Infallible> {
    Arc::new(move |from| Ok(log().prove(from, size)))
}

const PATIENCE: Duration = Duration::from_secs(20);

fn gather_for(policy: &Policy, note: &str, size: u64) -> Gathered<Infallible> {
    gather(&clients(policy).unwrap(), policy, note, size, &prover(size), PATIENCE)
}

#[test]
fn all_witnesses_that_answer_are_on_the_note_and_satisfy_the_policy() {
    let members: Vec<Member> = (0..3).map(Member::start).collect();
    let policy = policy(&members.iter().map(Member::line).collect::<Vec<_>>(), "all");
    let gathered = gather_for(&policy, &log().note(9), 9);
    assert!(gathered.quorum && gathered.failures.is_empty());
    assert_eq!(gathered.cosignatures.len(), 3);
    assert_eq!(policy.open(&gathered.note).unwrap().checkpoint, log().checkpoint(9));
}

#[test]
fn a_witness_that_never_answers_does_not_hold_up_a_quorum() {
    let members: Vec<Member> = (0..2).map(Member::start).collect();
    let silent = Canned::start(|_, _| Vec::new());
    let mut lines: Vec<String> = members.iter().map(Member::line).collect();
    lines.push(policy_line("silent.example", 220, &silent.prefix().to_string()));
    let policy = policy(&lines, "2");
    let clients = clients(&policy).unwrap();
    let gathered = gather(&clients, &policy, &log().note(9), 9, &prover(9), PATIENCE);
    assert!(gathered.quorum);
    assert_eq!(gathered.cosignatures.len(), 2);
    assert_eq!(gathered.failures.len(), 1);
    assert_eq!(gathered.failures[0].witness.name(), "silent.example");
    assert!(gathered.failures[0].error.is_none(), "it is still being asked");
    // Its thread is at work still: no second one is started for it.
    let again = gather(&clients, &policy, &log().note(12), 12, &prover(12), PATIENCE);
    assert!(again.quorum);
    assert!(matches!(again.failures[0].error, Some(WitnessError::Busy)), "{:?}", again.failures);
}

#[test]
fn without_a_quorum_what_came_is_told_and_why_the_others_failed() {
    let member = Member::start(0);
    let refusing = Canned::start(|_, _| Canned::answer("403 Forbidden", "", b"who are you"));
    let lines = [member.line(), policy_line("no.example", 221, &refusing.prefix().to_string())];
    let gathered = gather_for(&policy(&lines, "all"), &log().note(9), 9);
    assert!(!gathered.quorum);
    assert_eq!(gathered.cosignatures.len(), 1);
    assert!(matches!(&gathered.failures[0].error, Some(WitnessError::Refused { status: 403, .. })));
}

#[test]
fn patience_ends_also_without_a_quorum() {
    let silent = Canned::start(|_, _| Vec::new());
    let policy = policy(&[policy_line("silent.example", 220, &silent.prefix().to_string())], "all");
    let patience = Duration::from_millis(30);
    let gathered = gather(&clients(&policy).unwrap(), &policy, &log().note(9), 9, &prover(9), patience);
    assert!(!gathered.quorum && gathered.failures[0].error.is_none());
    assert_eq!(gathered.note, log().note(9));
}

#[test]
fn a_bad_cosignature_neither_counts_nor_spoils_the_note() {
    let member = Member::start(0);
    let good_line = {
        let policy = policy(&[member.line()], "all");
        let note = gather_for(&policy, &log().note(8), 8).note;
        note.lines().last().unwrap().to_owned() + "\n"
    };
    // It answers with the other's cosignature, under its own name and key.
    let liar = Canned::start(move |_, _| Canned::answer("200 OK", "", good_line.as_bytes()));
    let lines = [member.line(), policy_line("liar.example", 222, &liar.prefix().to_string())];
    let policy = policy(&lines, "any");
    let gathered = gather_for(&policy, &log().note(9), 9);
    assert!(gathered.quorum);
    assert!(matches!(&gathered.failures[0].error, Some(WitnessError::BadAnswer(_))));
    assert_eq!(policy.open(&gathered.note).unwrap().cosignatures.len(), 1);
}

#[test]
fn who_has_cosigned_the_note_already_is_not_asked_again() {
    let members: Vec<Member> = (0..2).map(Member::start).collect();
    let policy = policy(&members.iter().map(Member::line).collect::<Vec<_>>(), "all");
    let clients = clients(&policy).unwrap();
    let first = gather(&clients[..1], &policy, &log().note(9), 9, &prover(9), PATIENCE);
    assert!(!first.quorum && first.cosignatures.len() == 1);
    let second = gather(&clients, &policy, &first.note, 9, &prover(9), PATIENCE);
    assert!(second.quorum);
    assert_eq!(second.note.lines().count(), first.note.lines().count() + 1);
}

#[test]
fn a_policy_without_witnesses_has_its_quorum_at_once() {
    let policy: Policy = format!("log {}\nquorum none\n", log().vkey()).parse().unwrap();
    let gathered = gather_for(&policy, &log().note(9), 9);
    assert!(gathered.quorum && gathered.failures.is_empty() && gathered.note == log().note(9));
}

#[test]
fn a_witness_without_a_url_is_not_asked_and_one_with_a_bad_one_is_an_error() {
    let key = key();
    let policy: Policy = format!("witness w {key}\nquorum none\n").parse().unwrap();
    assert!(clients(&policy).unwrap().is_empty());
    let policy: Policy = format!("witness w {key} ftp://w.example\nquorum none\n").parse().unwrap();
    assert!(clients(&policy).is_err());
}
