/// Numerics.
