//! Which of the processor's instructions the kernels use: the widest there are, or fewer where the program says so.

use std::sync::OnceLock;

/// A set of instructions that kernels are written for, narrow ones first. Each includes those before it of the same processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// None beyond those that every processor of its kind has.
    Scalar,
    /// 256-bit vectors (x86-64-v3).
    Avx2,
    /// Products of bytes in 256-bit vectors.
    AvxVnni,
    /// 512-bit vectors (x86-64-v4).
    Avx512,
    /// Products of bytes in 512-bit vectors.
    Avx512Vnni,
    /// Products of 16-bit floats as well, where they are twice as fast as those of 32 bits: on AMD's processors. On Intel's they are half as
    /// fast.
    Avx512Bf16,
    /// Products of bytes in ARM's vectors.
    NeonDot,
}

/// The widest that may be used, once somebody has asked.
static CURRENT: OnceLock<Isa> = OnceLock::new();

impl Isa {
    /// All, narrow ones first.
    pub const ALL: [Self; 7] = [
        Self::Scalar,
        Self::Avx2,
        Self::AvxVnni,
        Self::Avx512,
        Self::Avx512Vnni,
        Self::Avx512Bf16,
        Self::NeonDot,
    ];

    /// Its name, as `FOREWORD_ISA` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::AvxVnni => "avxvnni",
            Self::Avx512 => "avx512",
            Self::Avx512Vnni => "avx512vnni",
            Self::Avx512Bf16 => "avx512bf16",
            Self::NeonDot => "neondot",
        }
    }

    /// Whether this processor has it.
    pub fn is_present(self) -> bool {
        match self {
            Self::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => pulp::x86::V3::try_new().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni => Self::Avx2.is_present() && is_x86_feature_detected!("avxvnni"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => pulp::x86::V4::try_new().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => Self::Avx512.is_present() && is_x86_feature_detected!("avx512vnni"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Bf16 => {
                Self::Avx512Vnni.is_present() && is_x86_feature_detected!("avx512bf16") && is_of_amd()
            }
            #[cfg(target_arch = "aarch64")]
            Self::NeonDot => std::arch::is_aarch64_feature_detected!("dotprod"),
            #[allow(unreachable_patterns, reason = "those of other processors")]
            _ => false,
        }
    }

    /// The widest that this processor has and that is not above `limit`.
    fn widest(limit: Self) -> Self {
        let allowed = Self::ALL.into_iter().rev().find(|isa| *isa <= limit && isa.is_present());
        allowed.unwrap_or(Self::Scalar)
    }

    /// Lets the kernels of this process use nothing wider. It has to come before their first work: the choice is made once.
    pub fn limit(self) {
        CURRENT.get_or_init(|| Self::widest(self));
    }

    /// The widest that may be used: what the processor has, unless [`Isa::limit`] came first.
    pub fn current() -> Self {
        *CURRENT.get_or_init(|| Self::widest(Self::NeonDot))
    }

    /// Whether bytes are multiplied faster than floats.
    pub fn multiplies_bytes_fast(self) -> bool {
        self != Self::Scalar
    }

    /// Vectors of floats for `pulp` to dispatch to.
    pub(super) fn vectors() -> pulp::Arch {
        #[cfg(target_arch = "x86_64")]
        {
            let current = Self::current();
            if current < Self::Avx2 {
                return pulp::Arch::Scalar;
            }
            if current < Self::Avx512
                && let Some(simd) = pulp::x86::V3::try_new()
            {
                return pulp::Arch::V3(simd);
            }
        }
        pulp::Arch::new()
    }
}

/// Whether the processor is one of AMD's.
#[cfg(target_arch = "x86_64")]
fn is_of_amd() -> bool {
    // Asked once: in a virtual machine the instruction takes some microseconds.
    static IS_OF_AMD: OnceLock<bool> = OnceLock::new();
    let ask =
        || raw_cpuid::CpuId::new().get_vendor_info().is_some_and(|vendor| vendor.as_str() == "AuthenticAMD");
    *IS_OF_AMD.get_or_init(ask)
}

impl std::str::FromStr for Isa {
    type Err = UnknownIsa;

    fn from_str(name: &str) -> Result<Self, UnknownIsa> {
        // `avx512` stands for all integers and floats of 512 bits.
        let name = if name == "avx512" { "avx512vnni" } else { name };
        Self::ALL.into_iter().find(|isa| isa.name() == name).ok_or(UnknownIsa)
    }
}

/// No such set of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names no instructions; use one of: scalar, avx2, avxvnni, avx512, avx512bf16, neondot")]
pub struct UnknownIsa;
