use std::borrow::Borrow;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// A user name: 3 to 32 ASCII letters, digits or hyphens, in lower case.
///
/// The field is private and every way in goes through one check, so whoever holds
/// a `Username` holds a valid one, and no function has to check again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

/// Why a text is not a [`Username`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsernameError {
    Length(usize),
    Character { found: char, position: usize },
}

impl Username {
    pub const MIN_LENGTH: usize = 3;
    pub const MAX_LENGTH: usize = 32;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Takes the text over without a copy; [`str::parse`] is for borrowed text.
impl TryFrom<String> for Username {
    type Error = UsernameError;

    fn try_from(mut text: String) -> Result<Self, Self::Error> {
        text.make_ascii_lowercase(); // normalise first: equal names must be equal values
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if let Some((position, found)) = text.chars().enumerate().find(|&(_, c)| !allowed(c)) {
            return Err(UsernameError::Character { found, position });
        }
        match text.len() {
            Self::MIN_LENGTH..=Self::MAX_LENGTH => Ok(Self(text)),
            length => Err(UsernameError::Length(length)),
        }
    }
}

impl FromStr for Username {
    type Err = UsernameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

/// Displays what [`FromStr`] reads; `pad` honours a width such as `{:<20}`.
impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Lets a `HashMap<Username, _>` be asked with a `&str`: both hash and compare alike.
impl Borrow<str> for Username {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

impl fmt::Display for UsernameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = (Username::MIN_LENGTH, Username::MAX_LENGTH);
        match self {
            Self::Length(n) => write!(f, "a user name has {min} to {max} characters, not {n}"),
            Self::Character { found, position } => {
                write!(f, "{found:?} at position {position} is not allowed")
            }
        }
    }
}

impl Error for UsernameError {}
