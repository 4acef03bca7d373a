//! Which school a name means: by hand-made cases, and over the recorded data.

mod cases;
mod recorded;
