//! The clock on the wall, the processor time of all threads, and the peak of memory.

use std::time::Instant;

/// A measurement that runs. Other programs on the machine disturb the processor time less than the wall's.
pub struct Watch(Instant, f64);

impl Watch {
    pub fn start() -> Self {
        Self(Instant::now(), processor_seconds())
    }

    /// Says how long `rows` of something took.
    pub fn tell(&self, what: &str, rows: u64) {
        let (wall, processor) = self.times();
        let each = processor * 1e9 / rows as f64;
        println!("  {what}: {wall:.2} s, {processor:.2} s of processors, {each:.1} ns of a processor each");
    }

    /// Seconds on the wall, and of processors.
    pub fn times(&self) -> (f64, f64) {
        (self.0.elapsed().as_secs_f64(), processor_seconds() - self.1)
    }
}

/// Processor time of this process, in steps of 10 ms.
fn processor_seconds() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // User and system time are fields 14 and 15; the second field may hold blanks, and ends with the last `)`.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_A_SECOND
}

/// Says the process's peak of resident memory.
pub fn memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    println!("    peak of memory {} KiB", peak.unwrap_or("0").trim());
}

pub fn machine(cores: usize) {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim());
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{cores} cores of {name}; load {}", load.split(' ').next().unwrap_or_default());
}
