//! Who takes the place of a recused inspector. [draw 6]

use lotbook_draw::{Board, SecondPool};
use serde_json::{Value, json};

use super::{Given, check};

#[test]
fn substitutes() {
    check("substitute", (15, 7), |given| {
        let (pool, rows) = (given.pool().unwrap(), given.inner("second"));
        let second = SecondPool::new(&pool, rows.get("inspectors"), rows.get("conflicts")).unwrap();
        let (firms, seats): (Vec<String>, Vec<Vec<String>>) = (given.get("firms"), given.get("seats"));
        let firms: Vec<&str> = firms.iter().map(String::as_str).collect();
        let assignment: Vec<String> = given.get("assignment");
        let mut board = Board::new(&pool, &seats, &firms, given.get("hi"), &assignment).unwrap();
        given.get::<Vec<(String, String)>>("recused").iter().for_each(|(uscc, id)| board.recuse(uscc, id));
        given.get::<Vec<String>>("withdrawn").iter().for_each(|id| board.strike(id));
        let done = carry_out(given, &mut board, &second)?;
        let candidates: Vec<Vec<Value>> = (done.vacancies.iter())
            .map(|vacancy| {
                let named = vacancy.candidates.iter();
                named.map(|c| c.gives.map_or(json!(c.inspector), |slot| json!(slot))).collect()
            })
            .collect();
        assert_eq!(board.assignment(), done.assignment);
        Some(json!({
            "slots": done.slots, "candidates": candidates, "exhausted": done.exhausted, "result": done.assignment,
        }))
    });
}

/// As the kind of the recusal says; `None` = refused, and the board as it was.
fn carry_out(
    given: &Given,
    board: &mut Board<'_>,
    second: &SecondPool,
) -> Option<lotbook_draw::Substitution> {
    let (who, key, before) = (given.get::<String>("inspector"), given.key(), board.clone());
    let done = match given.get::<String>("kind").as_str() {
        "swap" => board.swap(second, &who, &given.get::<Vec<usize>>("slots"), &key),
        "withdraw" => board.withdraw(second, &who, &key),
        "reserve" => board.reserve(&who, &key),
        other => panic!("{other:?} is no kind"),
    };
    if done.is_err() {
        assert_eq!(*board, before);
    }
    done.ok()
}
