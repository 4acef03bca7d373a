impl AsCell for ipnetwork::IpNetwork {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Shown(self)
    }
}

impl FromColumn for ipnetwork::IpNetwork {
    const TYPES: &'static [&'static str] = &["inet", "cidr"];

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        // The family (2 is IPv4 on every system), the length of the network's part in bits, whether it is a cidr, and the
        // length of the address.
        let [family, prefix, _is_cidr, _length] = sized(take(&mut bytes, 4)?)?;
        let address = match family {
            2 => std::net::IpAddr::from(sized::<4>(bytes)?),
            _ => std::net::IpAddr::from(sized::<16>(bytes)?),
        };
        Ok(ipnetwork::IpNetwork::new(address, prefix)?)
    }
}
