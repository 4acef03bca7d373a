//! Accepts a row or says why not.
