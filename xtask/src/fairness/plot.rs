//! The plots of the page, as SVG without fonts of the machine.

use std::path::Path;

use anyhow::Result;
use plotters::prelude::*;

use super::assignments::Distance;
use super::report::Row;

/// Cells of a histogram of p-values.
const CELLS: usize = 20;
const INK: RGBColor = RGBColor(40, 40, 40);
const BAR: RGBColor = RGBColor(120, 160, 200);
const LINE: RGBColor = RGBColor(200, 80, 60);

/// One small histogram of p-values for each experiment; a fair draw's are level.
pub fn p_values(path: &Path, rows: &[&Row]) -> Result<()> {
    let (columns, lines) = (3, rows.len().div_ceil(3));
    let size = (300 * columns as u32, 170 * lines as u32);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    for (area, row) in root.split_evenly((lines, columns)).iter().zip(rows) {
        let mut cells = [0_u32; CELLS];
        for p in &row.many {
            cells[((p * CELLS as f64) as usize).min(CELLS - 1)] += 1;
        }
        let expected = row.many.len() as f64 / CELLS as f64;
        let top = cells.iter().map(|&count| f64::from(count)).fold(2.5 * expected, f64::max);
        let mut chart = ChartBuilder::on(area)
            .caption(row.name, ("sans-serif", 14).into_font().color(&INK))
            .margin(8)
            .x_label_area_size(18)
            .y_label_area_size(26)
            .build_cartesian_2d(0.0..1.0, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_labels(3)
            .y_labels(3)
            .label_style(("sans-serif", 10))
            .draw()?;
        let width = 1.0 / CELLS as f64;
        chart.draw_series(cells.iter().enumerate().map(|(cell, &count)| {
            let left = cell as f64 * width;
            Rectangle::new([(left, 0.0), (left + 0.9 * width, f64::from(count))], BAR.filled())
        }))?;
        chart.draw_series(LineSeries::new([(0.0, expected), (1.0, expected)], &LINE))?;
    }
    root.present()?;
    Ok(())
}

/// How often each assignment was drawn, the rarest first, beside what is expected of a uniform sampler.
pub fn frequencies(path: &Path, distance: &Distance) -> Result<()> {
    let root = SVGBackend::new(path, (640, 280)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut counts = distance.counts.clone();
    counts.sort_unstable();
    let states = counts.len() as f64;
    let mean = counts.iter().sum::<u64>() as f64 / states;
    let deviation = (mean * (1.0 - 1.0 / states)).sqrt();
    let (low, high) = (mean - 6.0 * deviation, mean + 6.0 * deviation);
    let name = format!("{} assignments, tier {}", counts.len(), distance.instance.tier);
    let mut chart = ChartBuilder::on(&root)
        .caption(name, ("sans-serif", 15).into_font().color(&INK))
        .margin(10)
        .x_label_area_size(34)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..states, low..high)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("assignments, the rarest first")
        .y_desc("drawn so often")
        .label_style(("sans-serif", 11))
        .draw()?;
    let bars = counts.iter().zip(0_u32..).map(|(&count, place)| {
        let left = f64::from(place);
        Rectangle::new([(left, low), (left + 0.9, count as f64)], BAR.filled())
    });
    chart.draw_series(bars)?;
    for level in [mean - 3.0 * deviation, mean, mean + 3.0 * deviation] {
        chart.draw_series(LineSeries::new([(0.0, level), (states, level)], &LINE))?;
    }
    root.present()?;
    Ok(())
}
