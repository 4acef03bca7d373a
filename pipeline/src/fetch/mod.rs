//! Bytes from sites or recordings, politely.
