//! Signed heads, cosigned heads and proof files, and the same with a change that must be noticed.

use super::case::{Case, What};
use super::corpus::Corpus;
use super::log::Log;
use super::proofs::bit_of;
use lotbook_chain::{
    Checkpoint, CosignerKey, Receipt, SigningKey, TlogProof, TreeHash, VerifierKey, WitnessTime,
    add_signatures, cosign, sign_note, split_note,
};

/// Three witnesses, each with its key.
pub fn witnesses() -> Vec<(CosignerKey, SigningKey)> {
    (1..=3_u8)
        .map(|n| {
            let key = SigningKey::from_seed(&[100 + n; 32]);
            (CosignerKey::new(&format!("witness-{n}.example"), key.public()).unwrap(), key)
        })
        .collect()
}

/// A head with the cosignatures of some of the witnesses.
pub fn cosigned(note: &str, by: &[usize], seconds: u64) -> String {
    let (text, _) = split_note(note).unwrap();
    let witnesses = witnesses();
    let time = WitnessTime::new(seconds).unwrap();
    let line = |n: &usize| cosign(&text, &witnesses[*n].0, &witnesses[*n].1, time).unwrap();
    add_signatures(note, &by.iter().map(line).collect::<Vec<_>>()).unwrap()
}

pub fn add(corpus: &mut Corpus, records: &Log, ledger: &Log) {
    for (name, log, sizes) in
        [("records", records, &[0, 1, 256, 300, 70_000][..]), ("ledger", ledger, &[ledger.size()])]
    {
        for size in sizes {
            add_head(corpus, &format!("heads/{name}-{size}"), log, *size);
        }
        add_policy(corpus, &format!("cosigned/{name}"), log, *sizes.last().unwrap());
        add_proof_files(corpus, &format!("proofs/{name}"), log);
    }
    add_wrong_texts(corpus, records);
    add_vkeys(corpus, records);
}

fn add_head(corpus: &mut Corpus, name: &str, log: &Log, size: u64) {
    let vkey = log.vkey().to_string();
    let head = log.head(size);
    let file = |corpus: &Corpus, change: &str, note: &[u8]| What::Checkpoint {
        vkey: vkey.clone(),
        file: corpus.file(&format!("{name}.{change}"), note),
    };
    let whole = file(corpus, "whole", head.as_bytes());
    corpus.accept(whole);
    let witnessed = file(corpus, "witnessed", cosigned(&head, &[0, 1], 1_700_000_000).as_bytes());
    corpus.accept(witnessed);
    let doubled = format!("{head}{}", head.rsplit_once("\n\n").unwrap().1);
    let twice = file(corpus, "twice", doubled.as_bytes());
    corpus.cases.push(Case { accept: true, change: "line-twice".into(), what: twice });
    for (change, note) in wrong_heads(log, size, &head) {
        let what = file(corpus, change, &note);
        corpus.refuse(change, what);
    }
    let stranger = VerifierKey::new(&log.origin, SigningKey::from_seed(&[77; 32]).public()).unwrap();
    let what = What::Checkpoint {
        vkey: stranger.to_string(),
        file: corpus.file(&format!("{name}.whole"), head.as_bytes()),
    };
    corpus.refuse("other-key", what);
}

/// A head with a change, for each change.
fn wrong_heads(log: &Log, size: u64, head: &str) -> Vec<(&'static str, Vec<u8>)> {
    let (text, line) = head.rsplit_once("\n\n").unwrap();
    let next = (size + 1).to_string();
    let other = log.head(if size == 0 { 1 } else { size - 1 });
    let (_, other_line) = other.rsplit_once("\n\n").unwrap();
    let signature_bit = {
        let (text, lines) = split_note(head).unwrap();
        let mut line = lines[0].clone();
        line.bytes = bit_of(line.bytes, 20);
        format!("{text}\n{line}")
    };
    vec![
        ("other-size", head.replacen(&format!("\n{size}\n"), &format!("\n{next}\n"), 1).into()),
        ("text-bit", bit_of(head.as_bytes().to_vec(), 0)),
        ("signature-bit", signature_bit.clone().into()),
        ("second-line-bad", format!("{head}{}", signature_bit.rsplit_once("\n\n").unwrap().1).into()),
        ("swapped-signature", format!("{text}\n\n{other_line}").into()),
        ("no-signature", format!("{text}\n\n").into()),
        ("no-empty-line", format!("{text}\n{line}").into()),
        ("cut-newline", head.trim_end().into()),
        ("cut-half", head[..head.len() - 40].into()),
        ("other-name", head.replace(&format!("\u{2014} {}", log.origin), "\u{2014} other.example").into()),
        ("hyphen-for-dash", head.replace('\u{2014}', "-").into()),
        ("control-character", head.replacen('\n', "\t\n", 1).into()),
    ]
}

/// Texts that the log's key has signed and that are no checkpoints of it.
fn add_wrong_texts(corpus: &mut Corpus, log: &Log) {
    let head = log.head(300);
    let (text, _) = split_note(&head).unwrap();
    let signed = |text: &str| sign_note(text, &log.origin, &log.key).unwrap();
    let root = text.lines().nth(2).unwrap();
    let wrong = [
        ("leading-zero", text.replacen("\n300\n", "\n0300\n", 1)),
        ("plus-sign", text.replacen("\n300\n", "\n+300\n", 1)),
        ("no-size", text.replacen("\n300\n", "\n\n", 1)),
        ("root-of-31-bytes", text.replacen(root, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", 1)),
        ("root-not-canonical", text.replacen(root, &not_canonical(root), 1)),
        ("no-root", text.replacen(&format!("{root}\n"), "", 1)),
        ("other-origin", text.replacen(&log.origin, "other.example", 1)),
        ("empty-extension", format!("{text}\nmore\n")),
    ];
    let vkey = log.vkey().to_string();
    for (change, text) in wrong {
        let file = corpus.file(&format!("heads/text.{change}"), signed(&text));
        corpus.refuse(change, What::Checkpoint { vkey: vkey.clone(), file });
    }
    let file = corpus.file("heads/text.extension", signed(&format!("{text}an extension\n")));
    corpus.accept(What::Checkpoint { vkey, file });
}

/// The same 32 bytes in base64 with a bit set that decoders may not pass by.
fn not_canonical(root: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = root.as_bytes()[42];
    let at = alphabet.find(char::from(last)).unwrap();
    format!("{}{}=", &root[..42], &alphabet[at + 1..at + 2])
}

fn add_vkeys(corpus: &mut Corpus, log: &Log) {
    let vkey = log.vkey().to_string();
    let [name, id, key] = vkey.splitn(3, '+').collect::<Vec<_>>().try_into().unwrap();
    corpus.accept(What::Vkey(vkey.clone()));
    let other_id = if id.starts_with('0') { "1" } else { "0" };
    let wrong = [
        ("id", format!("{name}+{other_id}{}+{key}", &id[1..])),
        ("id-short", format!("{name}+{}+{key}", &id[1..])),
        ("name", format!("{name}x+{id}+{key}")),
        ("no-name", format!("+{id}+{key}")),
        ("key-cut", format!("{name}+{id}+{}", &key[..key.len() - 4])),
        ("key-swapped", format!("{name}+{key}+{id}")),
        ("of-a-witness", witnesses()[0].0.to_string()),
        ("two-parts", format!("{name}+{id}")),
    ];
    for (change, vkey) in wrong {
        corpus.refuse(change, What::Vkey(vkey));
    }
}

fn add_policy(corpus: &mut Corpus, name: &str, log: &Log, size: u64) {
    let mut policy = format!("# Two of three.\nlog {}\n", log.vkey());
    for (n, (key, _)) in witnesses().iter().enumerate() {
        policy += &format!("witness w{n} {key}\n");
    }
    let quorum = "group all-of-them 2 w0 w1 w2\nquorum all-of-them\n";
    let policy = corpus.file(&format!("{name}.policy"), format!("{policy}{quorum}"));
    let head = log.head(size);
    let case = |corpus: &Corpus, change: &str, note: &str| What::Cosigned {
        policy: policy.clone(),
        file: corpus.file(&format!("{name}.{change}"), note),
    };
    for (change, by) in [("first-two", &[0, 1][..]), ("last-two", &[1, 2]), ("all", &[2, 0, 1])] {
        let what = case(corpus, change, &cosigned(&head, by, 1_700_000_000));
        corpus.accept(what);
    }
    for (change, note) in wrong_cosigned(log, size, &head) {
        let what = case(corpus, change, &note);
        corpus.refuse(change, what);
    }
}

fn wrong_cosigned(log: &Log, size: u64, head: &str) -> Vec<(&'static str, String)> {
    let two = cosigned(head, &[0, 1], 1_700_000_000);
    let (text, lines) = split_note(&two).unwrap();
    let with = |lines: &[String]| format!("{text}\n{}", lines.concat());
    let changed = |at: usize, bytes: Vec<u8>| {
        let mut lines = lines.clone();
        lines[at].bytes = bytes;
        with(&lines.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let bytes = &lines[2].bytes;
    let other = cosigned(&log.head(size - 1), &[1], 1_700_000_000);
    let elsewhere = split_note(&other).unwrap().1[1].to_string();
    // The witness's key over the bare text, as a log signs: no time, no cosignature.
    let bare = witnesses()[1].1.sign(text.as_bytes()).0;
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    vec![
        ("none", head.to_owned()),
        ("one", cosigned(head, &[0], 1_700_000_000)),
        ("one-twice", with(&[lines[0].clone(), lines[1].clone(), lines[1].clone()])),
        ("time-bit", changed(2, [&[bytes[0], bytes[1] ^ 1], &bytes[2..]].concat())),
        ("signature-bit", changed(2, bit_of(bytes.clone(), 30))),
        ("cut", changed(2, bytes[..71].to_vec())),
        ("as-a-log-signs", changed(2, [&bytes[..8], &bare].concat())),
        ("of-another-head", with(&[lines[0].clone(), lines[1].clone(), elsewhere])),
        ("without-the-log", with(&lines[1..])),
    ]
}

fn add_proof_files(corpus: &mut Corpus, name: &str, log: &Log) {
    let size = log.size();
    let head = cosigned(&log.head(size), &[0, 2], 1_700_000_000);
    let vkey = log.vkey().to_string();
    for index in [0, 1, size / 2, 255, size - 1] {
        let text = proof_file(log, index, size, &head);
        let file = corpus.file(&format!("{name}-{index}.tlog-proof"), &text);
        corpus.accept(What::Proof { vkey: vkey.clone(), file });
        for (change, text) in wrong_proof_files(log, index, &head, &text) {
            let file = corpus.file(&format!("{name}-{index}.{change}"), text);
            corpus.refuse(change, What::Proof { vkey: vkey.clone(), file });
        }
    }
}

/// The proof file of a leaf, which carries the leaf's bytes; of an entry that is what its receipt says.
fn proof_file(log: &Log, index: u64, size: u64, head: &str) -> String {
    let (entry, proof) = (log.entry(index).to_vec(), log.inclusion(index, size));
    let receipt = Receipt { entry: entry.clone(), proof: proof.clone(), checkpoint: head.to_owned() };
    let file = TlogProof { extra: Some(entry), index, proof, checkpoint: head.to_owned() };
    if let Ok(of_receipt) = receipt.to_tlog_proof() {
        assert_eq!(of_receipt, file);
    }
    file.to_string()
}

fn wrong_proof_files(log: &Log, index: u64, head: &str, text: &str) -> Vec<(&'static str, String)> {
    let parsed: TlogProof = text.parse().unwrap();
    let with = |change: &dyn Fn(&mut TlogProof)| {
        let mut proof = parsed.clone();
        change(&mut proof);
        proof.to_string()
    };
    let hash = |proof: &TlogProof| TreeHash(proof.proof[0].0.map(|byte| byte ^ 1));
    let older = log.head(log.size() - 1);
    let unsigned: Checkpoint = split_note(head).unwrap().0.parse().unwrap();
    let larger = Checkpoint { size: unsigned.size + 1, ..unsigned };
    vec![
        ("extra-bit", with(&|p| p.extra = p.extra.take().map(|extra| bit_of(extra, 9)))),
        ("other-index", with(&|p| p.index = index ^ 1)),
        ("proof-bit", with(&|p| p.proof[0] = hash(p))),
        ("proof-short", with(&|p| p.proof.truncate(p.proof.len() - 1))),
        ("proof-swapped", with(&|p| p.proof.swap(1, 2))),
        ("older-head", with(&|p| p.checkpoint.clone_from(&older))),
        ("head-changed", text.replacen(&split_note(head).unwrap().0, &larger.to_string(), 1)),
        ("head-cut", text[..text.len() - 300].to_owned()),
        ("no-header", text.split_once('\n').unwrap().1.to_owned()),
        ("other-header", text.replacen("@v1", "@v2", 1)),
        ("leading-zero", text.replacen("\nindex ", "\nindex 0", 1)),
        ("no-empty-line", text.replacen("\n\n", "\n", 1)),
        ("no-index", text.replacen(&format!("index {index}\n"), "", 1)),
    ]
}
