//! What has just been done, said on the page that the browser is led to.

/// What has just been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    SignInFirst,
    SignedOut,
    Verified,
    PasswordReset,
    NameSaved,
    EmailAsked,
    EmailMoved,
    PasswordChanged,
    MailSent,
    Linked,
    Unlinked,
}

impl Notice {
    const ALL: [Self; 11] = [
        Self::SignInFirst,
        Self::SignedOut,
        Self::Verified,
        Self::PasswordReset,
        Self::NameSaved,
        Self::EmailAsked,
        Self::EmailMoved,
        Self::PasswordChanged,
        Self::MailSent,
        Self::Linked,
        Self::Unlinked,
    ];

    /// The one that an address tells.
    pub(crate) fn read(word: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| Some(notice.word()) == word)
    }

    /// The address of a page that says it.
    pub(crate) fn at(self, path: &str) -> String {
        format!("{path}?notice={}", self.word())
    }

    fn word(self) -> &'static str {
        match self {
            Self::SignInFirst => "sign-in-first",
            Self::SignedOut => "signed-out",
            Self::Verified => "verified",
            Self::PasswordReset => "password-reset",
            Self::NameSaved => "name-saved",
            Self::EmailAsked => "email-asked",
            Self::EmailMoved => "email-moved",
            Self::PasswordChanged => "password-changed",
            Self::MailSent => "mail-sent",
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::SignInFirst => "Sign in to see this page.",
            Self::SignedOut => "You are signed out.",
            Self::Verified => "Your address is verified.",
            Self::PasswordReset => "Your new password is set. Sign in with it.",
            Self::NameSaved => "Your name is saved.",
            Self::EmailAsked => {
                "We have sent a mail to the new address. It counts once you open the link in it."
            }
            Self::EmailMoved => "Your new address is confirmed.",
            Self::PasswordChanged => "Your password is changed. You are signed out everywhere else.",
            Self::MailSent => "We have sent you a mail.",
            Self::Linked => "The account is linked.",
            Self::Unlinked => "The account is no longer linked.",
        }
    }
}
