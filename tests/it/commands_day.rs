//! The office's day, run as the real program: what `todo` says is what is run, from a draw to a closed
//! inspection with a violation and a comment.

use crate::commands_recusal::{draw_b3, until};
use crate::recovery::program::{arg, done, run};
use crate::world::World;
use lotbook_domain::state::Phase;
use lotbook_event::{InspectionId, Uscc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What a key has to do, as JSON rows.
pub fn todo(world: &World, key: &str) -> Vec<Value> {
    let file = world.data.key(key);
    let said = done(&["todo", "--key", arg(&file), "--server", &world.serving.url, "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    said["todo"].as_array().unwrap().clone()
}

/// Runs the command of a duty as `todo` prints it, with what is in capitals filled in.
pub async fn act(world: &mut World, key: &str, wanted: &str, subject: &str, fill: &[(&str, &str)]) -> String {
    let duties = todo(world, key);
    let is_wanted = |duty: &&Value| {
        duty["command"].as_str().unwrap().contains(wanted) && duty["subject"].as_str().unwrap() == subject
    };
    let found = duties.iter().find(is_wanted);
    let duty = found.unwrap_or_else(|| panic!("{key} has no `{wanted}` of {subject} to do: {duties:#?}"));
    let mut command = duty["command"].as_str().unwrap().to_owned();
    for (placeholder, value) in fill {
        assert!(command.contains(placeholder), "{command} has no {placeholder}");
        command = command.replace(placeholder, value);
    }
    let words: Vec<_> = command.split(' ').collect();
    assert_eq!(words[0], "lotbook");
    let said = done(&words[1..]);
    world.follow().await;
    assert!(
        !todo(world, key)
            .iter()
            .any(|after| after["command"] == duty["command"] && after["subject"] == subject),
        "{wanted} of {subject} is still to do"
    );
    said
}

/// The article of a duty, if the key has it.
fn article(world: &World, key: &str, wanted: &str, subject: &str) -> Option<u64> {
    let all = todo(world, key);
    let found = all.iter().find(|duty| {
        duty["command"].as_str().unwrap().contains(wanted) && duty["subject"].as_str().unwrap() == subject
    });
    found.map(|duty| duty["article"].as_u64().unwrap())
}

fn inspection<'a>(world: &'a World, id: &str) -> &'a lotbook_domain::state::Inspection {
    &world.replica.state().inspections[&InspectionId::new(id).unwrap()]
}

/// Notice, start, results, conclusions, report: by the commands that `todo` gives each member.
async fn inspect(world: &mut World, id: &str, visit: &str) {
    let team: Vec<_> =
        inspection(world, id).team.iter().map(|member| format!("inspector-{member}")).collect();
    assert_eq!(article(world, &team[1], "inspection notice", id), Some(14));
    act(world, &team[0], "inspection notice", id, &[("YYYY-MM-DD", visit)]).await;
    act(world, &team[0], "inspection start", id, &[]).await;
    // A report before everybody has concluded is refused, with an exit code of its own.
    let (key, url) = (world.data.key(&team[0]), world.serving.url.clone());
    let words = ["inspection", "report", "--server", &url, "--key", arg(&key), "--inspection", id];
    let parts = ["--time", "a", "--content", "b", "--findings", "c", "--evaluation", "d", "--opinion", "e"];
    let early = run(&[&words[..], &parts[..]].concat());
    assert_eq!(early.code, Some(1), "{}", early.err);
    assert!(early.err.contains("WRONG_PHASE") && early.err.contains("on record"), "{}", early.err);
    let stranger = world.data.key("inspector-I001");
    let stranger =
        if team.contains(&"inspector-I001".to_owned()) { world.data.key("inspector-I002") } else { stranger };
    let refused =
        run(&["inspection", "conclude", "--server", &url, "--key", arg(&stranger), "--inspection", id]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("SIGNER_NOT_ASSIGNED (Art. 18 / 第18条)"), "{}", refused.err);
    act(world, &team[0], "--item K02", id, &[("OUTCOME", "no_problem")]).await;
    act(world, &team[1], "--item K10", id, &[("OUTCOME", "pending_handling")]).await;
    for member in &team {
        act(world, member, "inspection conclude", id, &[]).await;
    }
    report(world, &team[2], id).await;
}

/// A template is written, filled in, and stated.
async fn report(world: &mut World, member: &str, id: &str) {
    let (key, url) = (world.data.key(member), world.serving.url.clone());
    let template = world.data.dir.join("report.toml");
    let words = ["inspection", "report", "--server", &url, "--key", arg(&key), "--inspection", id];
    done(&[&words[..], &["--template", arg(&template)]].concat());
    let text = std::fs::read_to_string(&template).unwrap();
    assert!(text.contains("K10: pending_handling"), "{text}");
    let incomplete = run(&[&words[..], &["--from", arg(&template)]].concat());
    assert_eq!(incomplete.code, Some(1));
    assert!(incomplete.err.contains("REPORT_INCOMPLETE (Art. 18"), "{}", incomplete.err);
    let filled = text.replace("evaluation = \"\"", "evaluation = \"基本符合\"");
    std::fs::write(&template, filled.replace("opinion = \"\"", "opinion = \"限期整改\"")).unwrap();
    act(world, member, "inspection report", id, &[("FILE", arg(&template))]).await;
}

/// The files of sealed values beside somebody's key.
fn sealed_by(world: &World, who: &str) -> BTreeSet<PathBuf> {
    let files = std::fs::read_dir(world.data.dir.join("keys")).unwrap().map(|file| file.unwrap().path());
    let of = |path: &PathBuf| {
        let name = path.to_str().unwrap();
        name.contains(who) && name.ends_with(".sealed.json")
    };
    files.filter(of).collect()
}

/// Found, investigated, decided, published.
async fn handle(world: &mut World, id: &str, member: &str) {
    let details = world.data.dir.join("details.txt");
    std::fs::write(&details, "防护门缺失一扇").unwrap();
    // The lot may have fallen on somebody who has sealed something before.
    let before = sealed_by(world, member);
    act(world, member, "violation found", id, &[("FILE", arg(&details))]).await;
    let kept: Vec<_> = sealed_by(world, member).difference(&before).cloned().collect();
    assert_eq!(kept.len(), 1, "the text stays with who stated it");
    let sealed: Value = serde_json::from_slice(&std::fs::read(&kept[0]).unwrap()).unwrap();
    assert_eq!(sealed[0]["value"], "防护门缺失一扇");
    let violation = "V-2026-001";
    act(world, "handler", "violation investigate", violation, &[]).await;
    let fill = [("KIND", "punishment"), ("NUMBER", "漯人防罚决〔2026〕1号"), ("BASIS", "人民防空法第49条")];
    act(world, "handler", "violation decide", violation, &fill).await;
    act(world, "publisher", "violation publish", violation, &[("REF", "NECIPS-9")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_everybody_by_the_commands_that_todo_gives_them() {
    let mut world = World::new().await;
    draw_b3(&mut world).await;
    let id = world
        .replica
        .state()
        .inspections
        .iter()
        .find_map(|(id, i)| (i.draw()?.as_str() == "P-2026-S04/B3.1").then(|| id.to_string()));
    let id = id.unwrap();
    until(&mut world, "2026-09-16").await;
    inspect(&mut world, &id, "2026-09-16").await;
    let member = format!("inspector-{}", inspection(&world, &id).team[0]);
    let due = todo(&world, "section_officer-S01");
    let feedback = due.iter().find(|duty| duty["subject"] == id.as_str()).unwrap();
    assert_eq!((feedback["article"].as_u64(), feedback["working_days_left"].as_u64()), (Some(19), Some(7)));
    act(&mut world, "section_officer-S01", "result dispatch", &id, &[]).await;
    act(&mut world, "section_officer-S04", "result deliver", &id, &[("REF", "R-1")]).await;
    act(&mut world, "publisher", "result publish", &id, &[("REF", "NECIPS-1")]).await;
    handle(&mut world, &id, &member).await;
    comment(&mut world, &id).await;
    assert_eq!(article(&world, "section_officer-S04", "inspection close", &id), Some(22));
    act(&mut world, "section_officer-S04", "inspection close", &id, &[]).await;
    assert_eq!(inspection(&world, &id).phase, Phase::Closed);
    correct(&mut world, &id).await;
    world.verify().await;
}

/// The coordinator takes a comment in, and answers it when its time is over.
async fn comment(world: &mut World, id: &str) {
    let (key, url) = (world.data.key("coordinator"), world.serving.url.clone());
    let text = world.data.dir.join("comment.txt");
    std::fs::write(&text, "检查人员态度良好").unwrap();
    let words = ["result", "comment", "--server", &url, "--key", arg(&key), "--inspection", id];
    done(&[&words[..], &["--text-file", arg(&text)]].concat());
    world.follow().await;
    assert_eq!(article(world, "coordinator", "result answer", "C-2026-001"), None, "its time is not over");
    assert_eq!(article(world, "section_officer-S04", "inspection close", id), None);
    until(world, "2026-10-20").await;
    let fill = [("SUMMARY", "无异议"), ("--answer ANSWER", "--answer 感谢")];
    act(world, "coordinator", "result answer", "C-2026-001", &fill).await;
}

/// Somebody else corrects an entry, named by its position only.
async fn correct(world: &mut World, id: &str) {
    let state = world.replica.state();
    let entry = state
        .correctable
        .iter()
        .find(|(_, entry)| entry.inspection.as_str() == id && entry.says.event == "ResultPublished");
    let position = entry.unwrap().0.to_string();
    let (key, url) = (world.data.key("supervisor"), world.serving.url.clone());
    let words = ["result", "correct", "--server", &url, "--key", arg(&key), "--position", &position];
    done(
        &[&words[..], &["--field", "receipt_ref", "--value", "NECIPS-2", "--reason", "笔误", "--json"]]
            .concat(),
    );
    world.follow().await;
    let corrected =
        world.replica.state().correctable.get(lotbook_chain::Position(position.parse().unwrap())).unwrap();
    assert_eq!(corrected.corrections[0].value.as_str(), "NECIPS-2");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspection_without_a_draw_is_opened_approved_and_its_member_replaced() {
    let mut world = World::new().await;
    let (url, key) =
        (world.serving.url.clone(), |name: &str| world.data.key(name).to_str().unwrap().to_owned());
    let (officer, leader) = (key("section_officer-S05"), key("office_leader"));
    let basis = world.data.dir.join("basis.txt");
    std::fs::write(&basis, "专项核查线索").unwrap();
    let state = world.replica.state();
    let (uscc, firm) = free_firm(&world);
    let team: Vec<_> = active(&world, &uscc).into_iter().take(3).collect();
    let names = format!(
        "{},{}",
        state.inspectors[&lotbook_event::InspectorId::new(&team[0]).unwrap()].row.name,
        team[1]
    );
    let words =
        ["inspection", "open", "--server", &url, "--key", &officer, "--enterprise", &firm, "--item", "K01"];
    let no_cause = run(&[&words[..], &["--team", &names]].concat());
    assert_eq!(no_cause.code, Some(1));
    assert!(no_cause.err.contains("NO_CAUSE_FOR_DIRECT (Art. 9 / 第9条)"), "{}", no_cause.err);
    let cause = ["--team", &names, "--cause", "other", "--reason", "汛期检查", "--basis-file", arg(&basis)];
    done(&[&words[..], &cause[..]].concat());
    world.follow().await;
    let member = format!("inspector-{}", team[0]);
    assert_eq!(article(&world, &member, "inspection notice", "D-2026-001"), None, "it waits for the leader");
    act(&mut world, "office_leader", "inspection approve", "D-2026-001", &[]).await;
    assert!(!leader.is_empty());
    act(&mut world, &member, "inspection notice", "D-2026-001", &[("YYYY-MM-DD", "2026-09-08")]).await;
    let asking = world.data.key(&member);
    let asked = ["recusal", "request", "--server", &url, "--key", arg(&asking), "--inspection", &firm];
    done(&[&asked[..], &["--inspector", &team[0], "--ground", "unavailable"]].concat());
    world.follow().await;
    assert_eq!(article(&world, &member, "inspection start", "D-2026-001"), None, "a recusal waits");
    act(&mut world, "recusal_approver", "recusal decide", "R-2026-001", &[]).await;
    act(&mut world, "section_officer-S05", "replace-member", "R-2026-001", &[("INSPECTOR", &team[2])]).await;
    assert_eq!(inspection(&world, "D-2026-001").team[0].as_str(), team[2]);
    let list = done(&["recusal", "list", "--server", &url, "--json"]);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list["recusals"][0]["changes"][0]["to"], team[2].as_str());
    world.verify().await;
}

/// An enterprise with a name of its own and without an open inspection.
fn free_firm(world: &World) -> (Uscc, String) {
    let state = world.replica.state();
    let one = state.enterprises.iter().find(|(uscc, firm)| {
        let same = state.enterprises.values().filter(|other| other.row.name == firm.row.name).count();
        same == 1 && !state.inspections.values().any(|inspection| inspection.uscc == **uscc)
    });
    let (uscc, firm) = one.unwrap();
    (uscc.clone(), firm.row.name.to_string())
}

/// Inspectors who may act and have no conflict with a firm.
fn active(world: &World, uscc: &Uscc) -> Vec<String> {
    let state = world.replica.state();
    let today = lotbook_domain::civil::date_of(world.now);
    let fits = state.inspectors.iter().filter(|(id, record)| {
        record.row.duty == lotbook_event::registry::Duty::Active
            && record.row.certificate_valid_until >= today
            && !state.conflicts.contains_key(&(uscc.clone(), (*id).clone()))
    });
    fits.map(|(id, _)| id.to_string()).collect()
}
