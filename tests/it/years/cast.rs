//! Everybody who may act in a random year: keys made once, for all years.

use lotbook_chain::{KeyId, SigningKey};
use lotbook_event::keys::Role;
use lotbook_event::{InspectorId, RawKey, SectionId, Uscc};
use std::sync::OnceLock;

/// Most sections, inspectors and enterprises of an office.
pub const SECTIONS: usize = 3;
pub const INSPECTORS: usize = 10;
pub const FIRMS: usize = 15;
/// Seeds of the ledger's own keys.
pub const SYSTEM: [u8; 32] = [1; 32];
pub const CHECKPOINT: [u8; 32] = [2; 32];
/// Enterprises whose own key is registered.
const FIRM_KEYS: usize = 4;

/// A person with one key and one role.
pub struct Person {
    pub name: String,
    pub key: SigningKey,
    pub id: KeyId,
    pub role: Role,
    pub section: Option<SectionId>,
    pub subject: String,
}

/// All of them.
pub struct Cast {
    pub system: SigningKey,
    pub checkpoint: SigningKey,
    pub people: Vec<Person>,
    pub firms: Vec<Uscc>,
}

pub fn section(n: usize) -> SectionId {
    SectionId::new(format!("S{:02}", n + 1)).unwrap()
}

pub fn inspector(n: usize) -> InspectorId {
    InspectorId::new(format!("I{:02}", n + 1)).unwrap()
}

pub fn raw(key: &SigningKey) -> RawKey {
    RawKey(key.public().to_bytes())
}

/// The cast, made at the first call.
pub fn cast() -> &'static Cast {
    static CAST: OnceLock<Cast> = OnceLock::new();
    CAST.get_or_init(|| Cast {
        system: SigningKey::from_seed(&SYSTEM),
        checkpoint: SigningKey::from_seed(&CHECKPOINT),
        people: people(),
        firms: firms(),
    })
}

fn people() -> Vec<Person> {
    let mut people = vec![];
    let mut add = |name: String, role, section: Option<SectionId>, subject: String| {
        let mut seed = [3; 32];
        seed[0] = u8::try_from(people.len()).unwrap() + 10;
        let key = SigningKey::from_seed(&seed);
        people.push(Person { name, id: key.public().key_id(), key, role, section, subject });
    };
    for role in [Role::Administrator, Role::OfficeLeader, Role::Registrar] {
        add(role.code().into(), role, None, String::new());
    }
    for role in [Role::Publisher, Role::Supervisor, Role::Notary, Role::Auditor] {
        add(role.code().into(), role, None, String::new());
    }
    // The approver asks for nothing, as nobody decides what they asked for.
    add("coordinator".into(), Role::Coordinator, None, String::new());
    add("approver".into(), Role::RecusalApprover, None, String::new());
    add("handler".into(), Role::Handler, None, String::new());
    for n in 0..SECTIONS {
        add(format!("officer {}", section(n)), Role::SectionOfficer, Some(section(n)), String::new());
        add(format!("operator {}", section(n)), Role::DrawOperator, Some(section(n)), String::new());
    }
    for n in 0..INSPECTORS {
        add(format!("inspector {}", inspector(n)), Role::Inspector, None, inspector(n).to_string());
    }
    for uscc in firms().into_iter().take(FIRM_KEYS) {
        add(format!("firm {uscc}"), Role::Enterprise, None, uscc.to_string());
    }
    people
}

impl Cast {
    /// The first person of a role.
    pub fn of(&self, role: Role) -> &Person {
        self.people.iter().find(|person| person.role == role).unwrap()
    }

    /// The officer or operator of a section.
    pub fn in_section(&self, role: Role, section: &SectionId) -> &Person {
        let mut own = self.people.iter().filter(|p| p.role == role && p.section.as_ref() == Some(section));
        own.next().unwrap()
    }

    /// Who stands for a roster number or a credit code.
    pub fn standing_for(&self, subject: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.subject == subject)
    }

    pub fn by_id(&self, id: &KeyId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }
}

/// Credit codes with both check characters (GB 32100-2015, GB 11714), ascending.
fn firms() -> Vec<Uscc> {
    (0..FIRMS).map(credit_code).collect()
}

pub fn credit_code(n: usize) -> Uscc {
    const SET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("{:08}", 10_000 + 37 * n);
    let weights = [3_usize, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body.bytes().zip(weights).map(|(b, w)| usize::from(b - b'0') * w).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(u32::try_from(digit).unwrap(), 10).unwrap(),
    };
    let front = format!("91411102{body}{check}");
    let value = |c: char| SET.find(c).unwrap();
    let (mut sum, mut weight) = (0, 1);
    for c in front.chars() {
        sum += value(c) * weight;
        weight = weight * 3 % 31;
    }
    let last = SET.chars().nth((31 - sum % 31) % 31).unwrap();
    Uscc::new(format!("{front}{last}")).unwrap()
}
