//! Every side effect.
