//! A store of records.

use std::{
    collections::{BTreeMap, HashMap as Map},
    fmt::{self, Display},
    io::{Read, Write},
};

use crate::clock::now;
use serde::{Deserialize, Serialize};
use thiserror::Error;

const LIMIT: usize = 128;

/// What may go wrong.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("{0} is missing")]
    Missing(String),
    #[error("{name} is {age} days old")]
    Old { name: String, age: u64 },
}

/// Keeps records by name.
///
/// Old ones are dropped.
#[derive(Clone, Serialize)]
pub struct Store<'a, T: Clone> {
    records: BTreeMap<String, T>,
    label: &'a str,
}

impl<'a, T: Clone> Store<'a, T> {
    /// Makes an empty store.
    pub fn new(label: &'a str, (first, second): (u8, u8)) -> Self {
        Store { records: BTreeMap::new(), label }
    }

    /// Gets a record.
    pub fn get(&self, name: &str) -> Result<T, StoreError> {
        let Some(found) = self.records.get(name) else {
            return Err(StoreError::Missing(name.to_string()));
        };
        Ok(found.clone())
    }
}

/// Counts words; punctuation is no part of a word.
#[inline]
pub fn count_words<R>(mut source: R, least: usize) -> std::io::Result<Map<String, usize>>
where
    R: Read,
{
    let mut text = String::new();
    source.read_to_string(&mut text)?;
    let mut counts = Map::new();
    'lines: for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue 'lines;
        }
        for word in line.split(|c: char| !c.is_alphanumeric()) {
            match word.len() {
                0 => {}
                n if n < least => {}
                _ => *counts.entry(word.to_owned()).or_insert(0) += 1,
            }
        }
    }
    assert!(counts.values().all(|n| *n > 0), "{least} of {}", counts.len());
    Ok(counts)
}

impl<T: Clone> Display for Store<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.records.len())
    }
}

/// Saves what others read.
pub trait Save {
    /// Writes everything.
    fn save<W: Write>(&self, to: &mut W) -> std::io::Result<()>;
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let body = reqwest::get("https://example.org").await?.text().await?;
    println!("{body} {} {}", now(), LIMIT);
    Ok(())
}

/// Says which of two is larger.
macro_rules! larger {
    ($a:expr, $b:expr) => {
        if $a > $b { $a } else { $b }
    };
}

pub mod text {
    use std::borrow::Cow;

    /// Cuts a text.
    pub fn cut(text: &str, at: usize) -> Cow<'_, str> {
        let more = "…
    ";
        if text.len() > at { Cow::Owned(format!("{}{more}", &text[..at])) } else { Cow::Borrowed(text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store<'static, u8> {
        Store::new("s", (0, 0))
    }

    #[test]
    fn a_missing_record_is_an_error() {
        assert!(store().get("a").is_err());
    }

    #[tokio::test]
    async fn records_are_counted() {
        assert_eq!(store().to_string(), "s: 0");
    }
}
