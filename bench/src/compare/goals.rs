//! What was promised of the figures, and whether it is kept.

use super::{Ask, Comparison};
use crate::subject::Subject;

/// A ratio of two figures of CPU time a request, and what it may be.
struct Goal {
    text: &'static str,
    ask: Ask,
    of: Subject,
    over: Subject,
    bound: Bound,
}

enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

const GOALS: [Goal; 7] = [
    Goal {
        text: "`/users/me` by JWT costs at most 1.10 × what it costs by hand",
        ask: Ask::MeByJwt,
        of: Subject::Camelot,
        over: Subject::ByHand,
        bound: Bound::AtMost(1.10),
    },
    Goal {
        text: "`/users/me` by a token in the database at most 1.25 ×",
        ask: Ask::MeByDatabase,
        of: Subject::Camelot,
        over: Subject::ByHand,
        bound: Bound::AtMost(1.25),
    },
    Goal {
        text: "a sign-in at most 0.85 ×",
        ask: Ask::SignIn,
        of: Subject::Camelot,
        over: Subject::ByHand,
        bound: Bound::AtMost(0.85),
    },
    Goal {
        text: "`/users/me` costs axum-login at least 1.5 × as much, with the session in the database",
        ask: Ask::MeByDatabase,
        of: Subject::AxumLogin,
        over: Subject::Camelot,
        bound: Bound::AtLeast(1.5),
    },
    Goal {
        text: "`/users/me` by JWT costs FastAPI Users at least 20 × as much",
        ask: Ask::MeByJwt,
        of: Subject::FastApiUsers,
        over: Subject::Camelot,
        bound: Bound::AtLeast(20.0),
    },
    Goal {
        text: "by a token in the database, too",
        ask: Ask::MeByDatabase,
        of: Subject::FastApiUsers,
        over: Subject::Camelot,
        bound: Bound::AtLeast(20.0),
    },
    Goal {
        text: "by a token in Redis, too",
        ask: Ask::MeByRedis,
        of: Subject::FastApiUsers,
        over: Subject::Camelot,
        bound: Bound::AtLeast(20.0),
    },
];

impl Goal {
    fn ratio(&self, comparison: &Comparison) -> Option<f64> {
        Some(comparison.sample(self.of, self.ask)?.cpu / comparison.sample(self.over, self.ask)?.cpu)
    }

    fn verdict(&self, ratio: f64) -> &'static str {
        let is_kept = match self.bound {
            Bound::AtMost(most) => ratio <= most,
            Bound::AtLeast(least) => ratio >= least,
        };
        if is_kept { "kept" } else { "**missed**" }
    }
}

/// A line for each goal, with a column for each place.
pub(super) fn markdown(comparisons: &[Comparison]) -> String {
    let mut lines = String::from("| goal, in CPU time of the server |");
    comparisons.iter().for_each(|comparison| lines += &format!(" {} |", comparison.place));
    lines += &format!("\n| --- |{}\n", " --- |".repeat(comparisons.len()));
    for goal in &GOALS {
        lines += &format!("| {} |", goal.text);
        for comparison in comparisons {
            let cell = goal.ratio(comparison).map(|ratio| format!("{ratio:.2} ×, {}", goal.verdict(ratio)));
            lines += &format!(" {} |", cell.unwrap_or_default());
        }
        lines += "\n";
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::compare::Outcome;
    use crate::load::Sample;

    fn outcome(subject: Subject, cpu: [(Ask, f64); 2]) -> Outcome {
        let sample = |cpu| Sample { rate: 1.0, cpu, median: 1.0, p99: 1.0 };
        let medians = BTreeMap::from(cpu.map(|(ask, cpu)| (ask, sample(cpu))));
        Outcome { subject, medians, memory: 1.0 }
    }

    #[test]
    fn a_goal_is_kept_up_to_its_bound() {
        let outcomes = vec![
            outcome(Subject::ByHand, [(Ask::MeByJwt, 100.0), (Ask::SignIn, 100.0)]),
            outcome(Subject::Camelot, [(Ask::MeByJwt, 110.0), (Ask::SignIn, 86.0)]),
            outcome(Subject::FastApiUsers, [(Ask::MeByJwt, 2199.0), (Ask::SignIn, 100.0)]),
        ];
        let report = markdown(&[Comparison { place: "PostgreSQL", outcomes }]);
        let verdict =
            |goal: &str| report.lines().find(|line| line.contains(goal)).expect("a line").to_owned();
        assert!(verdict("by JWT costs at most").ends_with("| 1.10 ×, kept |"), "{report}");
        assert!(verdict("a sign-in at most").ends_with("| 0.86 ×, **missed** |"), "{report}");
        assert!(verdict("by JWT costs FastAPI Users").ends_with("| 19.99 ×, **missed** |"), "{report}");
        // Nobody was asked.
        assert!(verdict("costs axum-login").ends_with("|  |"), "{report}");
    }
}
