//! The state: durable, never forgotten, never two heads of one size.

use super::*;

fn state_file(dir: &TempDir) -> std::path::PathBuf {
    dir.path().join(state::origin_hash("log.example"))
}

fn status(result: Result<lotbook_chain::NoteSignature, NotCosigned>) -> u16 {
    match result {
        Ok(_) => 200,
        Err(NotCosigned::Refused(refusal)) => refusal.status(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_was_cosigned_is_known_after_a_restart_although_no_answer_was_given() {
    let dir = tempfile::tempdir().unwrap();
    // The cosignature never leaves the process: as if it had died between the disk and the answer.
    drop(open(dir.path(), &[&log()]).unwrap().add_checkpoint(&request(&log(), 0, 7)).unwrap());
    let witness = open(dir.path(), &[&log()]).unwrap();
    let again = witness.add_checkpoint(&request(&log(), 0, 9)).unwrap_err();
    assert_eq!(again.to_string(), "the last cosigned size is 7");
    let mut forked = log().entries;
    forked[3] = b"another".to_vec();
    let forked = TrialLog::of("log.example", 10, forked);
    assert_eq!(status(witness.add_checkpoint(&request(&forked, 7, 9))), 422);
    assert_eq!(status(witness.add_checkpoint(&request(&log(), 7, 9))), 200);
}

#[test]
fn the_file_has_the_logs_signature_and_the_witnesss_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(dir.path(), &[&log()]).unwrap();
    let note = format!("{}\u{2014} stranger AAAAAAAA\n", log().note(7));
    let body = AddCheckpoint { old: 0, proof: vec![], checkpoint: note }.to_string();
    let line = witness.add_checkpoint(body.as_bytes()).unwrap();
    let kept = fs::read_to_string(state_file(&dir)).unwrap();
    assert_eq!(kept, format!("{}{line}", log().note(7)));
    assert_eq!(witness.latest(&state::origin_hash("log.example")), Some(kept.clone()));
    assert_eq!(good(&kept)[0].time.seconds(), NOW);
}

#[test]
fn a_damaged_state_is_an_error_at_the_start_and_never_nothing_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), &[&log()]).unwrap().add_checkpoint(&request(&log(), 0, 7)).unwrap());
    let whole = fs::read(state_file(&dir)).unwrap();
    let mut damaged: Vec<Vec<u8>> =
        vec![vec![], vec![0xff], whole[..whole.len() - 1].to_vec(), vec![b'a'; 70_000]];
    // Signed by the log alone; by the witness alone is no note of the log at all.
    damaged.push(log().note(7).into_bytes());
    // Another tree under the same signatures.
    damaged.push(String::from_utf8(whole.clone()).unwrap().replacen("\n7\n", "\n6\n", 1).into_bytes());
    // Another log's, moved here.
    damaged.push(TrialLog::new("other.example", 11, 9).note(7).into_bytes());
    for bytes in &damaged {
        fs::write(state_file(&dir), bytes).unwrap();
        let error = open(dir.path(), &[&log()]).err().map(|error| error.to_string());
        assert!(error.as_ref().is_some_and(|e| e.contains("is damaged")), "{error:?}: {bytes:?}");
    }
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs::write(state_file(&dir), &bytes).unwrap();
        assert!(open(dir.path(), &[&log()]).is_err(), "byte {place}");
    }
    fs::write(state_file(&dir), whole).unwrap();
    assert!(open(dir.path(), &[&log()]).is_ok());
}

#[test]
fn a_state_cosigned_by_another_witness_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), &[&log()]).unwrap().add_checkpoint(&request(&log(), 0, 7)).unwrap());
    let other = SigningKey::from_seed(&[98; 32]);
    let error = Witness::open(dir.path(), NAME, other, vec![log().vkey()], Box::new(|| NOW)).err().unwrap();
    let fault = matches!(&error, WitnessStateError::Damaged { fault: StateFault::NotCosigned, .. });
    assert!(fault, "{error}");
}

#[test]
fn two_witnesses_cannot_use_one_directory() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path(), &[&log()]).unwrap();
    assert!(matches!(open(dir.path(), &[&log()]), Err(WitnessStateError::Busy(_))));
    drop(first);
    assert!(open(dir.path(), &[&log()]).is_ok());
}

#[test]
fn what_a_crash_left_unfinished_is_removed_and_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), &[&log()]).unwrap().add_checkpoint(&request(&log(), 0, 7)).unwrap());
    let unfinished = crate::durable::unfinished(&state_file(&dir));
    fs::write(&unfinished, log().note(9)).unwrap();
    let witness = open(dir.path(), &[&log()]).unwrap();
    assert!(!unfinished.exists());
    assert_eq!(status(witness.add_checkpoint(&request(&log(), 7, 9))), 200);
}

#[test]
fn one_origin_has_one_key_and_the_witness_has_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let twice = open(dir.path(), &[&log(), &TrialLog::new("log.example", 12, 1)]);
    assert!(matches!(twice, Err(WitnessStateError::RepeatedOrigin(_))));
    let shared = VerifierKey::new("log.example", secret().public()).unwrap();
    let shared = Witness::open(dir.path(), NAME, secret(), vec![shared], Box::new(|| NOW));
    assert!(matches!(shared, Err(WitnessStateError::SharedKey(_))));
}

#[test]
fn what_cannot_be_written_is_not_cosigned_and_the_witness_goes_on_when_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(dir.path(), &[&log()]).unwrap();
    // A folder in the way of the unfinished file: also root cannot write there.
    let unfinished = crate::durable::unfinished(&state_file(&dir));
    fs::create_dir(&unfinished).unwrap();
    let failed = witness.add_checkpoint(&request(&log(), 0, 7));
    assert!(matches!(failed, Err(NotCosigned::Keep(_))), "{failed:?}");
    assert_eq!(witness.latest(&state::origin_hash("log.example")), None);
    fs::remove_dir(&unfinished).unwrap();
    assert_eq!(status(witness.add_checkpoint(&request(&log(), 0, 5))), 200);
}

#[test]
fn a_clock_that_goes_back_is_held_and_one_that_gives_nothing_cosigns_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let now = Arc::new(AtomicU64::new(0));
    let clock = now.clone();
    let clock: Clock = Box::new(move || clock.load(Ordering::SeqCst));
    let witness = Witness::open(dir.path(), NAME, secret(), vec![log().vkey()], clock).unwrap();
    assert!(matches!(witness.add_checkpoint(&request(&log(), 0, 1)), Err(NotCosigned::NoTime)));
    now.store(u64::MAX, Ordering::SeqCst);
    assert!(matches!(witness.add_checkpoint(&request(&log(), 0, 1)), Err(NotCosigned::NoTime)));
    let mut times = Vec::new();
    for (size, time) in [(1, NOW), (2, NOW - 50), (3, NOW + 1)] {
        now.store(time, Ordering::SeqCst);
        witness.add_checkpoint(&request(&log(), size - 1, size)).unwrap();
        let note = witness.latest(&state::origin_hash("log.example")).unwrap();
        times.push(good(&note)[0].time.seconds());
    }
    assert_eq!(times, [NOW, NOW, NOW + 1]);
}

#[test]
fn of_many_requests_at_once_never_two_heads_of_one_size_are_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(dir.path(), &[&log()]).unwrap();
    // Eight logs of one origin and key that part at entry 4: at most one of them is witnessed.
    let forks: Vec<TrialLog> = (0..8_u8)
        .map(|fork| {
            let mut entries = log().entries;
            entries[4] = vec![fork];
            TrialLog::of("log.example", 10, entries)
        })
        .collect();
    witness.add_checkpoint(&request(&log(), 0, 4)).unwrap();
    let cosigned = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (fork, log) in forks.iter().enumerate() {
            let (witness, cosigned) = (&witness, &cosigned);
            scope.spawn(move || {
                for size in 5..12 {
                    for old in 4..size {
                        if witness.add_checkpoint(&request(log, old, size)).is_ok() {
                            cosigned.lock().unwrap().push((size, fork));
                        }
                    }
                }
            });
        }
    });
    let mut cosigned = cosigned.into_inner().unwrap();
    cosigned.sort_unstable();
    assert!(!cosigned.is_empty());
    let fork = cosigned[0].1;
    assert!(cosigned.iter().all(|(_, other)| *other == fork), "{cosigned:?}");
}

fn evidence(dir: &TempDir, kind: &str) -> Vec<String> {
    let Ok(folder) = fs::read_dir(dir.path().join("evidence")) else { return Vec::new() };
    let files = folder.map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.extension().unwrap() == kind)
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

#[test]
fn two_heads_of_one_size_are_kept_as_a_proof_that_convinces_anybody() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(dir.path(), &[&log()]).unwrap();
    witness.add_checkpoint(&request(&log(), 0, 7)).unwrap();
    let mut forked = log().entries;
    forked[3] = b"another".to_vec();
    let forked = TrialLog::of("log.example", 10, forked);
    // Whatever size the request claims to begin from, and however often it is sent.
    for old in [7, 7, 0] {
        assert_ne!(status(witness.add_checkpoint(&request(&forked, old, 7))), 200);
    }
    let kept = evidence(&dir, "contradiction");
    assert_eq!(kept.len(), 1);
    let (first, second) = kept[0].parse::<Contradiction>().unwrap().verify(&log().vkey()).unwrap();
    assert_eq!((first, second), (log().checkpoint(7), forked.checkpoint(7)));
}

#[test]
fn a_signed_head_with_a_bad_proof_is_kept_and_stale_or_unsigned_ones_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(dir.path(), &[&log()]).unwrap();
    witness.add_checkpoint(&request(&log(), 0, 7)).unwrap();
    let unsigned = TrialLog::new("log.example", 13, 40);
    assert_eq!(status(witness.add_checkpoint(&request(&unsigned, 7, 9))), 403);
    assert_eq!(status(witness.add_checkpoint(&request(&log(), 3, 9))), 409);
    assert!(!dir.path().join("evidence").exists());
    let bad = AddCheckpoint { old: 7, proof: vec![TreeHash([1; 32])], checkpoint: log().note(9) }.to_string();
    assert_eq!(status(witness.add_checkpoint(bad.as_bytes())), 422);
    let kept = evidence(&dir, "refused");
    assert_eq!(kept.len(), 1);
    assert!(kept[0].contains(&log().note(7)) && kept[0].ends_with(&log().note(9)));
}

#[test]
fn evidence_is_bounded_and_bad_proofs_do_not_crowd_out_contradictions() {
    let dir = tempfile::tempdir().unwrap();
    let witness = open(dir.path(), &[&log()]).unwrap();
    witness.add_checkpoint(&request(&log(), 0, 7)).unwrap();
    for byte in 0..=u8::MAX {
        let proof = vec![TreeHash([byte; 32])];
        let bad = AddCheckpoint { old: 7, proof, checkpoint: log().note(9) }.to_string();
        assert_eq!(status(witness.add_checkpoint(bad.as_bytes())), 422);
    }
    assert_eq!(evidence(&dir, "refused").len(), 100);
    let forked = TrialLog::of("log.example", 10, vec![b"x".to_vec(); 7]);
    assert_eq!(status(witness.add_checkpoint(&request(&forked, 7, 7))), 422);
    assert_eq!(evidence(&dir, "contradiction").len(), 1);
    // What it knows is as before.
    assert_eq!(status(witness.add_checkpoint(&request(&log(), 7, 9))), 200);
}
