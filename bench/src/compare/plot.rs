//! A plot of the CPU time that a request takes, in SVG.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Ask, Comparison};
use crate::subject::Subject;

const SIZE: (u32, u32) = (860, 620);
/// The room that a bar has, as a share of one.
const BAR: f64 = 0.86;
/// The least and the most of the scale, in microseconds.
const SCALE: (f64, f64) = (10.0, 400_000.0);
const INK: RGBColor = RGBColor(40, 44, 52);

fn color(subject: Subject) -> RGBColor {
    match subject {
        Subject::ByHand => RGBColor(154, 160, 170),
        Subject::Camelot => RGBColor(30, 110, 200),
        Subject::AxumLogin => RGBColor(230, 159, 0),
        Subject::FastApiUsers => RGBColor(0, 150, 110),
    }
}

/// The first of the comparisons as bars, on a scale that is logarithmic.
pub(super) fn svg(comparisons: &[Comparison]) -> anyhow::Result<String> {
    let mut drawn = String::new();
    if let Some(comparison) = comparisons.first() {
        draw(comparison, SVGBackend::with_string(&mut drawn, SIZE))
            .map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    Ok(drawn)
}

fn draw(comparison: &Comparison, backend: SVGBackend<'_>) -> Result<(), Box<dyn std::error::Error>> {
    let bars = comparison
        .asks()
        .map(|ask| {
            (
                ask,
                comparison
                    .outcomes
                    .iter()
                    .filter_map(move |outcome| Some((outcome.subject, outcome.medians.get(&ask)?.cpu)))
                    .collect::<Vec<_>>(),
            )
        })
        .collect::<Vec<_>>();
    let height = bars.iter().map(|(_, bars)| bars.len() as f64 + 1.0).sum::<f64>();
    let root = backend.into_drawing_area();
    root.fill(&WHITE)?;
    let caption = format!("CPU time of the server a request, {} (µs; less is better)", comparison.place);
    let mut chart = ChartBuilder::on(&root)
        .caption(caption, ("sans-serif", 18).into_font().color(&INK))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(230)
        .build_cartesian_2d((SCALE.0..SCALE.1).log_scale(), 0.0..height)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .light_line_style(TRANSPARENT)
        .x_label_formatter(&|value| format!("{value:.0}"))
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .draw()?;
    let style = |size: i32, side: HPos| {
        ("sans-serif", size).into_font().color(&INK).pos(Pos::new(side, VPos::Center))
    };
    let mut top = height;
    for (ask, bars) in &bars {
        let middle = top - bars.len() as f64 / 2.0;
        let (x, y) = chart.backend_coord(&(SCALE.0, middle));
        root.draw(&Text::new(ask.title().replace('`', ""), (x - 10, y), style(13, HPos::Right)))?;
        for (subject, cpu) in bars {
            let (upper, lower) = (top, top - BAR);
            let bar = Rectangle::new([(SCALE.0, upper), (*cpu, lower)], color(*subject).filled());
            chart.draw_series([bar])?;
            let (x, y) = chart.backend_coord(&(*cpu, f64::midpoint(upper, lower)));
            let label = format!("{cpu:.0}  {}", subject.title());
            root.draw(&Text::new(label, (x + 5, y), style(11, HPos::Left)))?;
            top -= 1.0;
        }
        top -= 1.0;
    }
    root.present()?;
    Ok(())
}

impl Comparison {
    /// What was asked for, in order.
    pub(super) fn asks(&self) -> impl Iterator<Item = Ask> + use<'_> {
        let asks = self.outcomes.iter().flat_map(|outcome| outcome.medians.keys().copied());
        asks.collect::<std::collections::BTreeSet<_>>().into_iter()
    }
}
