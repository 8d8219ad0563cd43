package io.github.xrayd.sandbox;

/**
 * The AWS account that the sandbox stands for.
 *
 * @param region as in ARNs
 */
record Account(String region) {
    /** An id that no account has. */
    static final String ID = "000000000000";

    /** The ARN of a resource of X-Ray, such as {@code group/name/id}. */
    String arn(String resource) {
        return "arn:aws:xray:" + region + ":" + ID + ":" + resource;
    }
}
