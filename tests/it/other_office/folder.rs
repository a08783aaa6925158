//! A generator of another office's folder: other names, codes, areas, numbers, words and parameters,
//! and three times the size of the sample. Wholly synthetic; the same seed gives the same folder.

use crate::recovery::program::Random;
use std::fmt::Write;
use std::path::Path;

pub const AREAS: [&str; 6] = ["440303", "440304", "440305", "440306", "440307", "440308"];
const OUTSIDE: &str = "440106";
const KINDS: [&str; 4] = ["餐饮服务单位", "食品生产单位", "特种设备单位", "检测服务机构"];
const RISKS: [&str; 3] = ["R1", "R-2", "R3.b"];
const FIRMS: u32 = 1_800;
const INSPECTORS: u32 = 120;
const CONFLICTS: usize = 72;

/// One row of the enterprise roster.
pub struct Firm {
    pub uscc: String,
    pub name: String,
    pub kind: &'static str,
    pub area: &'static str,
    pub registration: String,
    pub risk: &'static str,
    pub credit: &'static str,
    pub trusted: bool,
    pub legal: String,
    pub telephone: String,
}

/// One row of the inspector roster.
pub struct Inspector {
    pub id: String,
    pub name: String,
    pub active: bool,
    pub certificate_until: &'static str,
}

/// One conflict with its restricted columns.
pub struct Conflict {
    pub inspector: String,
    pub uscc: String,
    pub ground: String,
    pub source: String,
}

/// What a folder holds.
pub struct Office {
    /// The word for a live enterprise, in every file.
    pub live: String,
    pub firms: Vec<Firm>,
    pub inspectors: Vec<Inspector>,
    pub conflicts: Vec<Conflict>,
}

/// A unified social credit code with valid check characters (GB 32100-2015, GB 11714).
pub fn uscc(area: &str, number: u32) -> String {
    const SET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("XN{number:06}");
    let sum: u32 =
        body.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(c, w)| c.to_digit(36).unwrap() * w).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap(),
    };
    let code = format!("91{area}{body}{check}");
    let (mut sum, mut weight) = (0, 1);
    for c in code.chars() {
        sum += u32::try_from(SET.find(c).unwrap()).unwrap() * weight;
        weight = weight * 3 % 31;
    }
    let last = SET.chars().nth(usize::try_from((31 - sum % 31) % 31).unwrap()).unwrap();
    format!("{code}{last}")
}

impl Office {
    pub fn generate(seed: u64, live: &str) -> Self {
        let mut random = Random(seed);
        let firms: Vec<_> = (1..=FIRMS).map(|n| firm(&mut random, n, live)).collect();
        let inspectors: Vec<_> = (1..=INSPECTORS).map(inspector).collect();
        let mut conflicts: Vec<Conflict> = vec![];
        while conflicts.len() < CONFLICTS {
            let (firm, inspector) = (random.one(&firms), random.one(&inspectors));
            if conflicts.iter().any(|c| c.inspector == inspector.id && c.uscc == firm.uscc) {
                continue;
            }
            let n = conflicts.len();
            conflicts.push(Conflict {
                inspector: inspector.id.clone(),
                uscc: firm.uscc.clone(),
                ground: format!("虚构缘由{n:03}号"),
                source: format!("虚构来源{n:03}号"),
            });
        }
        Self { live: live.to_owned(), firms, inspectors, conflicts }
    }

    /// Writes the folder.
    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        put("office.toml", &OFFICE.replace("{live}", &self.live).replace("{uscc}", &uscc("440300", 999_001)));
        put("sections.csv", &sections());
        put("items.csv", &items());
        put("inspectors.csv", &self.inspectors_csv());
        put("enterprises.csv", &self.enterprises_csv());
        put("conflicts.csv", &self.conflicts_csv());
        put("plan-02.toml", &PLAN_02.replace("{live}", &self.live));
        put("plan-04.toml", &PLAN_04.replace("{live}", &self.live));
        put("plan-07.toml", &PLAN_07.replace("{live}", &self.live));
        put("schemes.toml", SCHEMES);
        put("timeline.toml", &TIMELINE.replace("{uscc}", &self.firms[0].uscc));
    }

    fn enterprises_csv(&self) -> String {
        let mut csv = "统一社会信用代码,企业名称,对象类别,行政区划代码,行政区划,行业代码,住所,登记状态,\
                       信用风险等级,信用状态,状态认定日期,守信企业,法定代表人,联系电话,入库日期\n"
            .replace(' ', "");
        for (n, firm) in self.firms.iter().enumerate() {
            let Firm { uscc, name, kind, area, registration, risk, credit, trusted, legal, telephone } = firm;
            let since = if *credit == "正常" { "" } else { ["2024-05-20", "2025-01-03"][n % 2] };
            let trusted = if *trusted { "是" } else { "否" };
            let enrolled = ["2024-11-05", "2025-01-06", "2025-01-14"][n % 3];
            writeln!(
                csv,
                "{uscc},{name},{kind},{area},样区{area},6210,虚构市样路{n}号,{registration},{risk},{credit},\
                 {since},{trusted},{legal},{telephone},{enrolled}"
            )
            .unwrap();
        }
        csv
    }

    fn inspectors_csv(&self) -> String {
        let mut csv =
            "检查人员编号,姓名,执法证号,证件有效期至,所属科室编号,专业资质,在岗状态,入库日期\n".to_owned();
        for (n, inspector) in self.inspectors.iter().enumerate() {
            let section = n % 8 + 1;
            let skills = ["食品", "特设", "综合", "食品;综合"][n % 4];
            let away = ["离岗", "借调", "停职"][n % 3];
            let duty = if inspector.active { "在岗" } else { away };
            let Inspector { id, name, certificate_until, .. } = inspector;
            writeln!(
                csv,
                "{id},{name},拟证4403{n:05},{certificate_until},科{section:02},{skills},{duty},2024-12-02"
            )
            .unwrap();
        }
        csv
    }

    fn conflicts_csv(&self) -> String {
        let mut csv =
            "检查人员编号,统一社会信用代码,利害关系类型,申报方式,申报日期,核实状态,有效期至\n".to_owned();
        for (n, conflict) in self.conflicts.iter().enumerate() {
            let Conflict { inspector, uscc, ground, source } = conflict;
            let (day, verified) = (15 + n % 14, ["已核实", "待核实"][n % 2]);
            let until = ["", "2025-12-31"][n / 2 % 2];
            writeln!(csv, "{inspector},{uscc},{ground},{source},2025-01-{day:02},{verified},{until}")
                .unwrap();
        }
        csv
    }
}

fn firm(random: &mut Random, n: u32, live: &str) -> Firm {
    let outside = random.below(100) < 2;
    let area = if outside { OUTSIDE } else { *random.one(&AREAS) };
    let kind = match random.below(10) {
        0..4 => KINDS[0],
        4..7 => KINDS[1],
        7..9 => KINDS[2],
        _ => KINDS[3],
    };
    let registration = match random.below(100) {
        0..88 => live,
        88..94 => "临时歇业",
        94..98 => "关停",
        _ => "外迁他市",
    };
    let credit = match random.below(100) {
        0..94 => "正常",
        94..97 => "重点监管",
        _ => "处罚公示",
    };
    let trusted = credit == "正常" && random.below(100) < 8;
    Firm {
        uscc: uscc(area, 100_000 + n),
        name: format!("虚构市拟业{n:04}号有限公司"),
        kind,
        area,
        registration: registration.to_owned(),
        risk: RISKS[usize::try_from(random.below(10).min(5) / 2).unwrap()],
        credit,
        trusted,
        legal: format!("法人虚{n:04}"),
        telephone: format!("000-4403-{n:04}"),
    }
}

fn inspector(n: u32) -> Inspector {
    Inspector {
        id: format!("执-{n:03}"),
        name: format!("检样{n:03}"),
        active: !n.is_multiple_of(17) && !n.is_multiple_of(23),
        certificate_until: if n.is_multiple_of(19) { "2025-02-28" } else { "2027-06-30" },
    }
}

fn sections() -> String {
    let mut csv = "科室编号,科室名称,机构性质,是否统筹科室,是否实施检查,备注\n".to_owned();
    for n in 1..=9 {
        let (kind, inspects) = if n == 9 { ("support", "否") } else { ("business", "是") };
        let coordinates = if n == 3 { "是" } else { "否" };
        writeln!(csv, "科{n:02},虚构第{n}科,{kind},{coordinates},{inspects},").unwrap();
    }
    csv
}

fn items() -> String {
    let mut csv =
        "事项编号,抽查类别,抽查事项,检查内容,对象类别,事项类别,检查方式,检查主体,检查依据,责任科室编号,\
                   抽查比例上限(%),年度频次上限,是否定向,所需资质,最少检查人数,权责清单编号\n"
            .replace(' ', "");
    for n in 1..=24 {
        let (kind, section) = (KINDS[n % 4], n % 8 + 1);
        let limit = ["不设上限", "3", "0.5"][n % 3];
        let (key, directed) = (["一般", "重点"][n % 2], ["否", "是"][n / 2 % 2]);
        writeln!(
            csv,
            "事-{n:02},虚构类{n},虚构事项{n},虚构内容{n},{kind},{key},现场检查,虚构局,虚构依据第{n}条,\
             科{section:02},{limit},1,{directed},综合,3,清单-{n:02}"
        )
        .unwrap();
    }
    csv
}

const OFFICE: &str = r#"
[office]
name = "虚构市样例市场监督管理局"
uscc = "{uscc}"
area = "440300"
origin = "lotbook.example/another-office"
legal_basis = "另一份双随机实施办法(虚构)"
timezone = "Asia/Shanghai"

[rule_set]
id = "规则-2025-甲"
adopted_on = "2025-01-06"
annual_cap = 3
exclude_if_drawn_by_other_unit = true
exempt_statuses = ["重点监管", "处罚公示"]
penalty_status = "处罚公示"
trust_status = "诚信示范"
penalty_memory_months = 6
trustworthy_default = "none"
risk_class = "public"
plan_due = "02-15"
report_working_days = 10
feedback_working_days = 5
publication_working_days = 15
comment_working_days = 8
disclosure_due = "01-31"
min_pool = 12
team_minimum = 3
scheme_min_age_days = 2
participant_key_min_age_days = 10
commit_window_minutes = 90
reveal_window_minutes = 120
min_reveals = 3
beacon = "none"
max_load = 8
reveal = "at_draw"
[rule_set.frequency]
"{live}" = 3
"临时歇业" = 1
"关停" = 0

[[participant]]
role = "notary"
name = "虚构公证处"
nominated_by = "虚构市司法局"
[[participant]]
role = "drawing_section"
name = "抽取经办"
[[participant]]
role = "supervision"
name = "虚构纪检组"
nominated_by = "虚构市纪委"
[[participant]]
role = "association"
name = "虚构行业协会"
nominated_by = "虚构市工商联"
[[participant]]
role = "public"
name = "群众代表样某"
nominated_by = "虚构街道"
"#;

const PLAN_02: &str = r#"
[plan]
id = "计划-02"
year = 2025
section = "科02"
adopted_on = "2025-01-20"
published_on = "2025-01-22"
title = "虚构第2科年度计划"
[plan.limits]
annual_cap = 3
[plan.trustworthy]
mode = "exempt"
grounds = "诚信示范"

[[plan.batch]]
id = "一"
name = "餐饮按风险抽查"
items = ["事-04", "事-08"]
mode = "directed"
frequency = 1
[plan.batch.target]
kinds = ["餐饮服务单位"]
areas = ["440303", "440304", "440305", "440306"]
registration = ["{live}", "临时歇业"]
[plan.batch.sample]
method = "ratio"
stratum = "risk"
ratio = { "R1" = "7.5%", "R-2" = "3%", "R3.B" = "1.25%" }
minimum = 4
[plan.batch.inspectors]
qualifications = ["食品", "综合"]
per_enterprise = 3
[plan.batch.window]
draw_between = ["2025-03-10", "2025-03-14"]
inspect_between = ["2025-03-24", "2025-06-30"]

[[plan.batch]]
id = "二"
name = "生产与特设按区抽查"
items = ["事-01", "事-02"]
mode = "undirected"
frequency = 2
[plan.batch.target]
kinds = ["食品生产单位", "特种设备单位"]
[plan.batch.sample]
method = "count"
stratum = "area"
count = 18
[plan.batch.inspectors]
qualifications = ["特设", "综合"]
per_enterprise = 3
[plan.batch.window]
draw_between = ["2025-05-12", "2025-05-16"]
inspect_between = ["2025-05-26", "2025-08-29"]

[[plan.batch]]
id = "联合"
name = "与第7科综合检查"
items = ["事-05", "事-07"]
mode = "undirected"
comprehensive = true
sections = ["科02", "科07"]
frequency = 1
[plan.batch.target]
kinds = ["检测服务机构"]
[plan.batch.sample]
method = "ratio"
stratum = "none"
ratio = "6%"
[plan.batch.inspectors]
qualifications = ["综合"]
per_enterprise = 4
[plan.batch.window]
draw_between = ["2025-10-13", "2025-10-17"]
inspect_between = ["2025-10-20", "2025-12-19"]
"#;

const PLAN_04: &str = r#"
[plan]
id = "计划-04"
year = 2025
section = "科04"
adopted_on = "2025-02-14"
published_on = "2025-02-17"
title = "虚构第4科年度计划"

[[plan.batch]]
id = "一"
name = "春季抽查"
items = ["事-09", "事-10"]
mode = "undirected"
frequency = 1
[plan.batch.target]
kinds = ["食品生产单位", "特种设备单位"]
registration = ["{live}"]
[plan.batch.sample]
method = "ratio"
stratum = "none"
ratio = "4%"
[plan.batch.inspectors]
qualifications = ["综合", "特设"]
per_enterprise = 3
[plan.batch.window]
draw_between = ["2025-04-07", "2025-04-11"]
inspect_between = ["2025-04-21", "2025-07-31"]

[[plan.batch]]
id = "夏季"
name = "夏季抽查"
items = ["事-09", "事-12"]
mode = "directed"
frequency = 1
[plan.batch.target]
areas = ["440305", "440306"]
[plan.batch.sample]
method = "count"
stratum = "none"
count = 24
[plan.batch.inspectors]
qualifications = ["综合"]
per_enterprise = 4
[plan.batch.window]
draw_between = ["2025-06-07", "2025-06-13"]
inspect_between = ["2025-06-23", "2025-09-30"]
"#;

const PLAN_07: &str = r#"
[plan]
id = "计划-07"
year = 2025
section = "科07"
adopted_on = "2025-02-20"
published_on = "2025-02-21"
title = "虚构第7科年度计划"
[plan.limits]
annual_cap = 2
[plan.trustworthy]
mode = "reduced"
reduced_cap = 1

[[plan.batch]]
id = "秋"
name = "秋季抽查"
items = ["事-16"]
mode = "directed"
frequency = 1
[plan.batch.target]
kinds = ["餐饮服务单位", "食品生产单位"]
areas = ["440303", "440305", "440307"]
[plan.batch.sample]
method = "ratio"
stratum = "area"
ratio = { "440303" = "2%", "440305" = "5%", "440307" = "0.5%" }
minimum = 6
[plan.batch.inspectors]
qualifications = ["食品"]
per_enterprise = 3
[plan.batch.window]
draw_between = ["2025-09-08", "2025-09-12"]
inspect_between = ["2025-09-22", "2025-11-28"]

[[plan.joins]]
plan = "计划-02"
batch = "联合"
items = ["事-07"]
"#;

const SCHEMES: &str = r#"
[[scheme]]
id = "方案一"
plan = "计划-02"
batch = "一"
adopted_on = "2025-03-03"
process = "通知; 检查"
content = "后厨"
window = ["2025-03-25", "2025-06-20"]
seats = [["食品"], ["食品", "综合"], []]
max_load = 3

[[scheme]]
id = "方案二"
plan = "计划-04"
batch = "一"
adopted_on = "2025-04-01"
process = "检查"
content = "车间"
window = ["2025-04-21", "2025-07-31"]
seats = [["综合", "特设"], ["特设"], ["综合", "特设"]]
max_load = 5
min_inspectors = 20

[[scheme]]
id = "方案三"
batch = "二"
adopted_on = "2025-05-06"
process = "检查"
content = "设备"
window = ["2025-05-26", "2025-06-13"]
seats = [["特设"], ["综合"], []]

[[scheme]]
id = "方案四"
batch = "夏季"
adopted_on = "2025-06-03"
process = "检查"
content = "夏季重点"
window = ["2025-06-23", "2025-09-30"]
seats = [["综合"], [], [], []]
max_load = 2
min_inspectors = 60

[[scheme]]
id = "方案五"
batch = "秋"
adopted_on = "2025-09-01"
process = "检查"
content = "秋季重点"
window = ["2025-09-22", "2025-11-28"]
seats = [["食品"], ["食品"], ["食品", "综合"]]

[[scheme]]
id = "方案六"
batch = "联合"
adopted_on = "2025-10-01"
process = "检查"
content = "联合"
window = ["2025-10-20", "2025-12-19"]
seats = [["综合"], ["综合"], [], []]
"#;

const TIMELINE: &str = r#"
[[step]]
at = "2025-03-05T15:00"
party = "section_officer 科04"
event = "ItemWithdrawn"
content = { item = "事-01", reason = "试图代撤他科事项" }
refused = "OTHER_SECTION"

[[step]]
at = "2025-03-11T09:10"
party = "draw_operator 科02"
event = "CeremonyOpened"
content = { purpose = "PURPOSE_BATCH", plan = "计划-02", batch = "一", attempt = 2 }
refused = "ALREADY_DRAWN"

[[step]]
at = "2025-03-12T09:10"
party = "office_leader"
event = "EnterpriseAssigned"
refused = "MANUAL_ASSIGNMENT"
[step.content]
draw = "计划-02/一.1"
inspection = "计划-02/一.1/914403030000000000"
uscc = "{uscc}"
rank = 99
stratum = "R1"
ticket = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
team = ["执-001", "执-002", "执-003"]

[[step]]
at = "2025-03-18T11:00"
party = "section_officer 科06"
event = "ItemWithdrawn"
content = { item = "事-21", reason = "权责清单调整" }

[[step]]
at = "2025-04-30T08:00"
party = "inspector 执-001"
event = "ItemWithdrawn"
content = { item = "事-02", reason = "无权" }
refused = "ROLE_NOT_HELD"
"#;
