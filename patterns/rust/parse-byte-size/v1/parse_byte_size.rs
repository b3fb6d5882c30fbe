use std::error::Error;
use std::fmt;

/// Why a text is not a size in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByteSizeError {
    /// There is no number, or it is not of the form `12` or `1.5`.
    Number(String),
    /// The unit is not known.
    Unit(String),
    /// More than `u64::MAX` bytes.
    TooLarge,
}

/// Parses a size such as `512`, `10 MB`, `1.5GiB` or `64k` into bytes.
///
/// `k`, `kB`, `M`, `MB`, … are powers of 1000 and `Ki`, `KiB`, … powers of 1024, as
/// IEC 80000-13 has them; case does not matter. Fractions are exact, not floating
/// point, and rounded down to a whole byte; digits beyond the 20th do not count.
///
/// # Errors
///
/// On anything else: signs, exponents, separators, unknown units, overflow.
pub fn parse_byte_size(text: &str) -> Result<u64, ByteSizeError> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(ByteSizeError::Number(text.to_owned()));
    }
    let scale = unit_scale(unit.trim_start())?;

    // At most 20 digits times 2^60 stay below 2^127, so u128 cannot overflow here.
    let whole: u64 = whole.parse().map_err(|_| ByteSizeError::TooLarge)?;
    let digits = &fraction[..fraction.len().min(20)];
    let parts = digits.bytes().fold(0, |n, b| n * 10 + u128::from(b - b'0'));
    let below_one = parts * scale / 10_u128.pow(digits.len() as u32);
    u64::try_from(u128::from(whole) * scale + below_one).map_err(|_| ByteSizeError::TooLarge)
}

fn unit_scale(unit: &str) -> Result<u128, ByteSizeError> {
    let lower = unit.to_ascii_lowercase();
    let prefix = lower.strip_suffix('b').unwrap_or(&lower);
    let (base, letter) = match prefix.strip_suffix('i') {
        Some(letter) if !letter.is_empty() => (1024_u128, letter),
        _ => (1000, prefix),
    };
    let exponent = match letter {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        "e" => 6,
        _ => return Err(ByteSizeError::Unit(unit.to_owned())),
    };
    Ok(base.pow(exponent))
}

impl fmt::Display for ByteSizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(text) => write!(f, "{text:?} does not start with a number"),
            Self::Unit(unit) => write!(f, "{unit:?} is not a unit such as kB, MB or GiB"),
            Self::TooLarge => write!(f, "the size exceeds {} bytes", u64::MAX),
        }
    }
}

impl Error for ByteSizeError {}
