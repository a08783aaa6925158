//! Office, rules, calendars, sections, items and rosters: strong types of `registry.proto`.

use crate::ceremony::ParticipantRole;
use crate::id::{
    AreaCode, BeaconKey, Bytes32, Date, DueDay, InspectorId, ItemId, MonthDay, SectionId, Text, Uscc,
};
use crate::wire::{enumeration, message};
use std::collections::BTreeSet;

enumeration! {
    /// Whether an inspector is on duty (Art. 10).
    Duty { Active = "active", OffPost = "off_post", Seconded = "seconded", Suspended = "suspended" }
}

message! {
    /// The office and its area (Art. 1).
    OfficeConstituted { name: Text, uscc: Uscc, area: AreaCode, legal_basis: Text, timezone: Text }
    /// The parameters that the plan leaves to the office.
    RulesetAdopted {
        rule_set_id: Text, adopted_on: Date, annual_cap: u32, exclude_if_drawn_by_other_unit: bool,
        exempt_statuses: BTreeSet<Text>, penalty_status: Text, penalty_memory_months: u32,
        risk_class_public: bool, plan_due: MonthDay, report_working_days: u32, feedback_working_days: u32,
        publication_working_days: u32, comment_working_days: u32, min_pool: u32, team_minimum: u32,
        scheme_min_age_days: u32, participant_key_min_age_days: u32, commit_window_minutes: u32,
        reveal_window_minutes: u32, min_reveals: u32, max_load: u32, frequencies: Vec<StateFrequency>,
        participants: Vec<StandingParticipant>, trust_status: Text, disclosure_due: DueDay,
        recusal_always_withdraw: bool, beacons: Vec<BeaconChain>, recusal_reserve_order: bool,
    }
    /// A drand chain, and how long after the reveals its round comes; times in seconds.
    BeaconChain {
        chain_hash: Bytes32, public_key: BeaconKey, genesis: u64, period: u32, group_hash: Bytes32,
        beacon_id: Text, delta: u32,
    }
    /// One row of the table registration state -> draws per year (Art. 11).
    StateFrequency { registration: Text, draws_per_year: u32 }
    /// A standing participant of ceremonies (draw.md 1).
    StandingParticipant { role: ParticipantRole, name: Text, nominated_by: Text }
    /// The working days of one calendar year.
    CalendarPublished {
        year: u32, notice_no: Text, weekdays_off: BTreeSet<Date>, weekend_days_worked: BTreeSet<Date>,
    }
    /// A published year as it is from now on, whole.
    CalendarAmended {
        year: u32, notice_no: Text, weekdays_off: BTreeSet<Date>, weekend_days_worked: BTreeSet<Date>,
    }
    /// Sections of the office.
    SectionRegistered { rows: Vec<Section> }
    /// One section.
    Section { section: SectionId, name: Text, kind: Text, coordinates: bool, inspects: bool }
    /// Items a section derives from the powers list (Art. 8).
    ItemProposed { rows: Vec<Item> }
    /// One item of the item list (Art. 8).
    Item {
        item: ItemId, category: Text, name: Text, content: Text, applies_to: Text, key_item: bool,
        method: Text, legal_basis: Text, section: SectionId, ratio_limit_ppm: Option<u32>,
        yearly_limit: u32, specialised: bool, qualification: Text, min_inspectors: u32,
        powers_list_ref: Text,
    }
    /// The co-ordinator puts proposed items together.
    ItemAggregated { items: BTreeSet<ItemId> }
    /// Items become published.
    ItemPublished { items: BTreeSet<ItemId>, published_on: Date }
    /// An item ends.
    ItemWithdrawn { item: ItemId, reason: Text }
    /// New inspectors (Art. 10).
    InspectorEnrolled { rows: Vec<Inspector> }
    /// Inspectors as they are from now on.
    InspectorUpdated { rows: Vec<Inspector> }
    /// Inspectors who left the roster.
    InspectorRemoved { inspectors: BTreeSet<InspectorId>, reason: Text }
    /// One inspector.
    Inspector {
        inspector: InspectorId, name: Text, certificate: Text, certificate_valid_until: Date,
        section: SectionId, post: Text, qualifications: BTreeSet<Text>, duty: Duty, enrolled_on: Date,
    }
    /// New enterprises (Art. 11).
    EnterpriseEnrolled { rows: Vec<Enterprise> }
    /// Enterprises as they are from now on.
    EnterpriseUpdated { rows: Vec<Enterprise> }
    /// One enterprise.
    Enterprise {
        uscc: Uscc, name: Text, kind: Text, area: AreaCode, industry: Text, address: Text,
        registration: Text, risk_class: Text, enrolled_on: Date, nonconforming: Text,
    }
    /// Statuses begin.
    StatusRecorded { rows: Vec<Status> }
    /// One status of one enterprise.
    Status { uscc: Uscc, kind: Text, since: Date, until: Option<Date>, authority: Text, basis: Text }
    /// Statuses end.
    StatusEnded { rows: Vec<StatusEnd> }
    /// The end of one status.
    StatusEnd { uscc: Uscc, kind: Text }
    /// Conflicts: the bare pair, the ground sealed (rules.md 1.11 b).
    ConflictDeclared { rows: Vec<Conflict> }
    /// One conflict.
    Conflict {
        inspector: InspectorId, uscc: Uscc, declared_on: Date, verified: bool, until: Option<Date>,
        ground_commitment: Bytes32,
    }
    /// Conflicts end.
    ConflictEnded { rows: Vec<ConflictEnd> }
    /// The end of one conflict.
    ConflictEnd { inspector: InspectorId, uscc: Uscc }
    /// Closes the import of one file.
    RosterImported {
        file: Text, file_hash: Bytes32, sealed: bool, rows: u32, added: u32, changed: u32, unchanged: u32,
        ended: u32, repaired: u32, rejected: u32, dropped_columns: BTreeSet<Text>,
    }
}
