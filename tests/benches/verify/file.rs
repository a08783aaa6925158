//! A log in a file: u32 length, bytes. Read entry by entry, as from a disk.

use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

pub fn write(path: &Path, entries: &[Vec<u8>]) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for entry in entries {
        file.write_all(&u32::try_from(entry.len()).unwrap().to_le_bytes()).unwrap();
        file.write_all(entry).unwrap();
    }
    file.flush().unwrap();
}

pub fn read(path: &Path) -> impl Iterator<Item = std::io::Result<Vec<u8>>> + Send {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).unwrap());
    std::iter::from_fn(move || {
        let mut length = [0; 4];
        match file.read_exact(&mut length) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return None,
            Err(error) => return Some(Err(error)),
            Ok(()) => {}
        }
        let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
        Some(file.read_exact(&mut bytes).map(|()| bytes))
    })
}
