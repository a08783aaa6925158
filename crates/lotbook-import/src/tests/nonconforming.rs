//! Codes whose check fails (Art. 11), and sole traders, who are natural persons.

use super::*;
use lotbook_event::{Text, Uscc};

const HEADER: &str = "统一社会信用代码,企业名称,对象类别,行政区划代码,登记状态,入库日期,住所\n";
const PILOT: &str = "91350203M0001FUE2P";

fn firm(code: &str) -> String {
    format!("{HEADER}{code},样例公司,建设单位,411102,存续,2026-01-05,样例路1号\n")
}

fn with(code: &str) -> Options {
    let reason = Text::new("2015年试点赋码,执照如此").unwrap();
    Options { nonconforming: [(Uscc::new(code).unwrap(), reason)].into(), ..Options::default() }
}

fn take(csv: String, known: &Known, options: &Options) -> (FileReport, Known) {
    let mut import = import(&[file("enterprises.csv", csv)], known, options, &mut salts());
    (import.reports.remove(0), after(known, &import))
}

#[test]
fn a_code_that_fails_its_check_is_rejected_with_the_way_out() {
    let (report, known) = take(firm(PILOT), &Known::default(), &Options::default());
    assert_eq!((report.rejected, known.enterprises.len()), (1, 0));
    assert!(lines(&report).contains("--nonconforming CODE=REASON"), "{}", lines(&report));
}

#[test]
fn with_a_reason_it_is_enrolled_and_the_row_carries_the_reason() {
    let (report, known) = take(firm(PILOT), &Known::default(), &with(PILOT));
    assert_eq!((report.added, report.rejected, report.repaired), (1, 0, 0));
    assert!(lines(&report).contains("enrolled by override (Art. 11): 2015"), "{}", lines(&report));
    let firm_known = known.enterprises.values().next().unwrap();
    assert_eq!(firm_known.nonconforming.as_str(), "2015年试点赋码,执照如此");
    let (again, _) = take(firm(PILOT), &known, &Options::default());
    assert_eq!((again.unchanged, again.rejected), (1, 0), "the ledger has the reason already");
}

#[test]
fn an_override_is_for_its_code_alone() {
    let (report, _) = take(firm("91350100M0001TGQXM"), &Known::default(), &with(PILOT));
    assert_eq!(report.rejected, 1);
    let (report, known) = take(firm("91411102XN0000012Y"), &Known::default(), &with("91411102XN0000012Y"));
    assert_eq!(report.added, 1);
    assert_eq!(known.enterprises.values().next().unwrap().nonconforming.as_str(), "");
}

#[test]
fn a_conflict_may_name_it_once_it_is_on_the_roster() {
    let conflict = format!(
        "检查人员编号,统一社会信用代码,利害关系类型,申报方式,申报日期,核实状态\nI001,{PILOT},持股,本人申报,2026-01-05,待核实\n"
    );
    let known = sample_known();
    assert_eq!(report("conflicts.csv", conflict.clone(), &known).rejected, 1);
    let (_, known) = take(firm(PILOT), &known, &with(PILOT));
    assert_eq!(report("conflicts.csv", conflict, &known).added, 1);
}

#[test]
fn the_address_of_a_sole_trader_is_not_stated_and_the_report_says_so() {
    let sole = sole_trader();
    let (report, known) = take(firm(&sole), &Known::default(), &Options::default());
    let trader = known.enterprises.values().next().unwrap();
    assert_eq!((report.added, trader.address.as_str()), (1, ""), "{}", lines(&report));
    assert!(lines(&report).contains("of 1 sole traders"), "{}", lines(&report));
    let (again, _) = take(firm(&sole), &known, &Options::default());
    assert_eq!(again.unchanged, 1);
    let (report, known) = take(firm("91411102XN0000012Y"), &Known::default(), &Options::default());
    assert_eq!(known.enterprises.values().next().unwrap().address.as_str(), "样例路1号");
    assert!(!lines(&report).contains("sole trader"));
}

/// A code that begins with 92 and passes its check.
fn sole_trader() -> String {
    let set = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let code = set.chars().map(|last| format!("92411102XN0000012{last}"));
    code.into_iter().find(|code| Uscc::conforming(code).is_ok()).unwrap()
}
