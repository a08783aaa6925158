//! Annual plans and schemes: strong types of `plan.proto`.

use crate::id::{AreaCode, BatchId, Date, ItemId, PlanId, SchemeId, SectionId, Text};
use crate::wire::{enumeration, message};
use std::collections::BTreeSet;

enumeration! {
    /// How trustworthy firms are treated (Art. 13).
    TrustMode { None = "none", Reduced = "reduced", Exempt = "exempt" }
    /// What the stratum of a row is.
    Stratification { None = "none", Risk = "risk", Area = "area" }
    /// How a class condition compares (Art. 17).
    Operator { In = "in", Prefix = "prefix", Before = "before" }
    /// When drawn names become public (Art. 6).
    Reveal {
        AtDraw = "at_draw", AtNotice = "at_notice", AtStart = "at_start", WindowEnd = "window_end",
    }
}

message! {
    /// The content of a section's annual plan (Arts. 12, 13).
    PlanDrafted {
        plan: PlanId, year: u32, section: SectionId, title: Text, annual_cap: u32, trust_mode: TrustMode,
        reduced_cap: u32, batches: Vec<Batch>, joins: Vec<BatchJoin>,
    }
    /// One batch of a plan.
    Batch {
        batch: BatchId, name: Text, items: BTreeSet<ItemId>, directed: bool, frequency: u32,
        sections: BTreeSet<SectionId>, kinds: BTreeSet<Text>, areas: BTreeSet<AreaCode>,
        registrations: BTreeSet<Text>, stratification: Stratification, rates: Vec<StratumRate>,
        minimum: u32, total: u32, qualifications: BTreeSet<Text>, per_enterprise: u32, draw_from: Date,
        draw_to: Date, inspect_from: Date, inspect_to: Date, predicates: Vec<Predicate>,
    }
    /// A class condition on enterprises; all of a batch hold (Art. 17).
    Predicate { field: Text, operator: Operator, values: BTreeSet<Text> }
    /// The rate of one stratum in millionths.
    StratumRate { stratum: Text, ppm: u32 }
    /// A plan joins a batch of another plan.
    BatchJoin { plan: PlanId, batch: BatchId, items: BTreeSet<ItemId> }
    /// A plan comes into force (Art. 12).
    PlanAdopted { plan: PlanId, adopted_on: Date }
    /// A plan is published (Art. 6).
    PlanPublished { plan: PlanId, published_on: Date }
    /// The scheme of a batch (Art. 14).
    SchemeAdopted {
        scheme: SchemeId, plan: PlanId, batch: BatchId, adopted_on: Date, process: Text, content: Text,
        window_from: Date, window_to: Date, seats: Vec<Seat>, max_load: u32, min_inspectors: Option<u32>,
        reveal: Reveal,
    }
    /// One seat of a team; empty = all qualifications.
    Seat { accepts: BTreeSet<Text> }
}
