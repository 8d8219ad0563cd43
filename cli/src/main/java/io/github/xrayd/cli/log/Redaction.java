package io.github.xrayd.cli.log;

import java.util.regex.Pattern;

/**
 * Takes secrets out of what is about to be logged, at every level, whoever logs it: what stands after the names that
 * tokens, keys, passwords and signatures go by in headers, JSON, XML, forms and configuration files, and the user of an
 * address. Pure.
 */
final class Redaction {
    private static final String HIDDEN = "(redacted)";

    /** Header fields, whose values may have blanks and commas: hidden to the end of the line. */
    private static final Pattern FIELDS = Pattern.compile(
            "(?i)\\b((?:proxy-)?authorization|x-amz-security-token|x-aws-ec2-metadata-token|x-amz-sso_bearer_token"
                    + "|(?:set-)?cookie)([\"']?\\s*[:=]\\s*)[^\\r\\n]+");

    private static final Pattern VALUES = Pattern.compile(
            "(?i)((?:\\b|_)(?:secret_?(?:access_?)?key|(?:(?:session|security|access|refresh|id|web_?identity|x-amz-security"
                    + "|bearer)[_-]?)?token|client_?secret|passwo?r?d|signature)[\"']?(?:\\s*[:=]\\s*|>|%3D))"
                    + "(?!\\(redacted)(?:\"(?:[^\"\\\\]|\\\\.)*+\"|'[^']*+'|[^\\s\"'<>,;&)}\\]]+)");

    /** Credentials of a scheme where the header's name is not there. */
    private static final Pattern SCHEMES = Pattern.compile("(?i)(\\b(?:bearer|basic)\\s+)[A-Za-z0-9+/=_.~-]{16,}");

    private static final Pattern USERS = Pattern.compile("(://[^\\s/:@\"']*):[^\\s/@\"']+@");

    private Redaction() {}

    /** The text without secrets. */
    static String of(String text) {
        String shown = text;
        if (FIELDS.matcher(shown).find()) {
            shown = FIELDS.matcher(shown).replaceAll("$1$2" + HIDDEN);
        }
        if (VALUES.matcher(shown).find()) {
            shown = VALUES.matcher(shown).replaceAll("$1" + HIDDEN);
        }
        if (SCHEMES.matcher(shown).find()) {
            shown = SCHEMES.matcher(shown).replaceAll("$1" + HIDDEN);
        }
        return shown.contains("@") ? USERS.matcher(shown).replaceAll("$1:" + HIDDEN + "@") : shown;
    }
}
