//! Class conditions of a directed draw (Art. 17): a closed vocabulary in which no enterprise can be named.

use crate::id::{Date, Uscc};
use crate::plan::{Operator, Predicate};

/// Longest industry code of GB/T 4754: a section letter and four digits.
const INDUSTRY_BYTES: usize = 5;
/// Digits of an area code of GB/T 2260; more name a street or a house.
const AREA_DIGITS: usize = 6;

/// What a class condition may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassField {
    /// Class of the enterprise.
    Kind,
    /// Industry code, GB/T 4754.
    Industry,
    /// Area code, GB/T 2260.
    Area,
    /// Registration state.
    Registration,
    /// Risk class, if the rule set makes it public.
    RiskClass,
    /// Date of the last draw on this ledger.
    LastDrawn,
}

impl ClassField {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Kind, Self::Industry, Self::Area, Self::Registration, Self::RiskClass, Self::LastDrawn];

    /// Its name in a plan.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Industry => "industry",
            Self::Area => "area",
            Self::Registration => "registration",
            Self::RiskClass => "risk_class",
            Self::LastDrawn => "last_drawn",
        }
    }

    /// The field of a name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }

    /// Whether an operator can be asked of it.
    const fn takes(self, operator: Operator) -> bool {
        match self {
            Self::Kind | Self::Registration | Self::RiskClass => matches!(operator, Operator::In),
            Self::Industry | Self::Area => matches!(operator, Operator::In | Operator::Prefix),
            Self::LastDrawn => matches!(operator, Operator::Before),
        }
    }
}

/// Why a predicate is no class condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PredicateError {
    /// It could single out an enterprise.
    #[error("{0}")]
    Identifying(String),
    /// It is a class condition that makes no sense.
    #[error("{0}")]
    Invalid(String),
}

impl Predicate {
    /// The field, if this is a class condition: field and operator of the vocabulary, values that are classes.
    ///
    /// # Errors
    /// [`PredicateError::Identifying`] for a field outside the vocabulary and a value that is the code of an
    /// enterprise or of something smaller than a district; [`PredicateError::Invalid`] for other faults.
    pub fn class(&self) -> Result<ClassField, PredicateError> {
        let Some(field) = ClassField::from_code(self.field.as_str()) else {
            let names: Vec<_> = ClassField::ALL.iter().map(|field| field.code()).collect();
            let found = format!("`{}` is no class; classes are {}", self.field, names.join(", "));
            return Err(PredicateError::Identifying(found));
        };
        if !field.takes(self.operator) {
            let found = format!("{} is not asked with `{}`", field.code(), self.operator.code());
            return Err(PredicateError::Invalid(found));
        }
        if self.values.is_empty() {
            return Err(PredicateError::Invalid(format!("{} has no value", field.code())));
        }
        self.values.iter().try_for_each(|value| class_value(field, self.operator, value.as_str()))?;
        if field == ClassField::LastDrawn && self.values.len() > 1 {
            return Err(PredicateError::Invalid("last_drawn takes one date".into()));
        }
        Ok(field)
    }
}

fn class_value(field: ClassField, operator: Operator, value: &str) -> Result<(), PredicateError> {
    if Uscc::new(value).is_ok() {
        return Err(PredicateError::Identifying(format!("`{value}` is the code of an enterprise")));
    }
    let invalid = |what: &str| Err(PredicateError::Invalid(format!("`{value}` is {what}")));
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match field {
        ClassField::Area if value.len() > AREA_DIGITS => {
            let found = format!("area `{value}` is smaller than a district of six digits");
            Err(PredicateError::Identifying(found))
        }
        ClassField::Area if !digits || value.is_empty() => invalid("no area code (GB/T 2260)"),
        ClassField::Area if operator == Operator::In && value.len() != AREA_DIGITS => {
            invalid("no area code of six digits; ask for its begin with prefix")
        }
        ClassField::Industry if !is_industry(value) => invalid("no industry code (GB/T 4754)"),
        ClassField::LastDrawn if Date::new(value).is_err() => invalid("no date YYYY-MM-DD"),
        ClassField::Kind | ClassField::Registration | ClassField::RiskClass if value.trim().is_empty() => {
            invalid("empty")
        }
        _ => Ok(()),
    }
}

/// A section letter A-T, digits, or both: at least one character.
fn is_industry(value: &str) -> bool {
    let digits = value.strip_prefix(|first: char| ('A'..='T').contains(&first)).unwrap_or(value);
    let longest = if digits.len() < value.len() { INDUSTRY_BYTES } else { INDUSTRY_BYTES - 1 };
    !value.is_empty() && value.len() <= longest && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Text;

    fn asked(field: &str, operator: Operator, values: &[&str]) -> Result<ClassField, PredicateError> {
        let values = values.iter().map(|value| Text::new(*value).unwrap()).collect();
        Predicate { field: Text::new(field).unwrap(), operator, values }.class()
    }

    #[test]
    fn classes_are_taken() {
        let good: [(&str, Operator, &[&str]); 9] = [
            ("kind", Operator::In, &["建设单位", "施工单位"]),
            ("industry", Operator::In, &["7010", "E4700"]),
            ("industry", Operator::Prefix, &["70"]),
            ("industry", Operator::Prefix, &["K"]),
            ("area", Operator::In, &["411102"]),
            ("area", Operator::Prefix, &["4111"]),
            ("registration", Operator::In, &["存续"]),
            ("risk_class", Operator::In, &["C", "D"]),
            ("last_drawn", Operator::Before, &["2023-01-01"]),
        ];
        for (field, operator, values) in good {
            assert_eq!(asked(field, operator, values).map(ClassField::code), Ok(field), "{values:?}");
        }
    }

    #[test]
    fn what_could_name_an_enterprise_is_identifying() {
        let bad: [(&str, Operator, &[&str]); 9] = [
            ("name", Operator::In, &["样例公司"]),
            ("uscc", Operator::Prefix, &["91411102"]),
            ("address", Operator::In, &["样例路1号"]),
            ("legal_person", Operator::In, &["钱样乙"]),
            ("", Operator::In, &["x"]),
            ("Kind", Operator::In, &["建设单位"]),
            ("kind", Operator::In, &["91411102XN0000012Y"]),
            ("area", Operator::In, &["411102001"]),
            ("area", Operator::Prefix, &["4111020"]),
        ];
        for (field, operator, values) in bad {
            let found = asked(field, operator, values);
            assert!(matches!(found, Err(PredicateError::Identifying(_))), "{field} {values:?}: {found:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_invalid() {
        let bad: [(&str, Operator, &[&str]); 13] = [
            ("kind", Operator::Prefix, &["建"]),
            ("kind", Operator::Before, &["2023-01-01"]),
            ("last_drawn", Operator::In, &["2023-01-01"]),
            ("last_drawn", Operator::Before, &["2023"]),
            ("last_drawn", Operator::Before, &["2022-01-01", "2023-01-01"]),
            ("kind", Operator::In, &[]),
            ("kind", Operator::In, &[" "]),
            ("area", Operator::In, &["4111"]),
            ("area", Operator::Prefix, &[""]),
            ("area", Operator::Prefix, &["41a"]),
            ("industry", Operator::In, &["70100"]),
            ("industry", Operator::In, &["Z701"]),
            ("industry", Operator::Prefix, &[""]),
        ];
        for (field, operator, values) in bad {
            let found = asked(field, operator, values);
            assert!(matches!(found, Err(PredicateError::Invalid(_))), "{field} {values:?}: {found:?}");
        }
    }
}
