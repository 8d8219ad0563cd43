package io.github.xrayd.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The resource policies of the account: kept, with their revisions, and not enforced. Thread-safe. */
final class ResourcePolicies {
    /** The most policies of an account, the service's quota. */
    static final int COUNT_MAX = 5;

    /** The longest policy, in bytes, as the service says. */
    static final int BYTES_MAX = 5 << 10;

    private static final int NAME_LENGTH_MAX = 128;
    private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]+");
    private static final Set<String> LOCKING_ACTIONS = Set.of("*", "xray:*", "xray:PutResourcePolicy");

    private final Map<String, Policy> byName = new LinkedHashMap<>();

    private record Policy(String name, String document, long revision, double updatedSeconds) {
        Map<String, Object> toJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("PolicyName", name);
            json.put("PolicyDocument", Json.encodable(document));
            json.put("PolicyRevisionId", Long.toString(revision));
            json.put("LastUpdatedTime", Json.seconds(updatedSeconds));
            return json;
        }
    }

    synchronized Map<String, Object> put(Map<String, Object> request, double nowSeconds) throws ApiException {
        String name = name(request);
        String document = Json.string(request, "PolicyDocument", "");
        if (document.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw new ApiException(
                    400, "PolicySizeLimitExceededException", "The policy is longer than " + BYTES_MAX + " bytes");
        }
        List<?> statements = statements(document);
        Policy before = byName.get(name);
        requireRevision(request, before);
        if (before == null && byName.size() == COUNT_MAX) {
            throw new ApiException(
                    400, "PolicyCountLimitExceededException", "There are " + COUNT_MAX + " policies already");
        }
        if (!Json.isTrue(request, "BypassPolicyLockoutCheck")
                && statements.stream().anyMatch(ResourcePolicies::isLocking)) {
            throw new ApiException(
                    400,
                    "LockoutPreventionException",
                    "The policy denies xray:PutResourcePolicy to everybody: nobody could change it");
        }
        Policy after = new Policy(name, document, before == null ? 1 : before.revision() + 1, nowSeconds);
        byName.put(name, after);
        return Map.of("ResourcePolicy", after.toJson());
    }

    synchronized Map<String, Object> delete(Map<String, Object> request) throws ApiException {
        String name = name(request);
        Policy policy = byName.get(name);
        if (policy == null) {
            throw ApiException.invalidRequest("Policy " + name + " does not exist");
        }
        requireRevision(request, policy);
        byName.remove(name);
        return Map.of();
    }

    synchronized Map<String, Object> list() {
        List<Object> policies = new ArrayList<>();
        byName.values().forEach(policy -> policies.add(policy.toJson()));
        return Map.of("ResourcePolicies", policies);
    }

    private static String name(Map<String, Object> request) throws ApiException {
        String name = Requests.text(request, "PolicyName", NAME_LENGTH_MAX);
        if (!NAME.matcher(name).matches()) {
            throw ApiException.invalidRequest("PolicyName may have letters, digits and _+=,.@- only");
        }
        return name;
    }

    /** Revision 0 stands for a policy that is not there. */
    private static void requireRevision(Map<String, Object> request, @Nullable Policy policy) throws ApiException {
        String expected = Json.string(request, "PolicyRevisionId");
        String actual = policy == null ? "0" : Long.toString(policy.revision());
        if (expected != null && !expected.equals(actual)) {
            throw new ApiException(
                    400,
                    "InvalidPolicyRevisionIdException",
                    "PolicyRevisionId " + TerminalText.harmless(expected, 40) + " is not the latest revision, "
                            + actual);
        }
    }

    private static List<?> statements(String document) throws ApiException {
        Map<String, Object> policy;
        try {
            policy = Json.object(Json.parse(document));
        } catch (Json.MalformedException e) {
            throw malformed("it is not JSON: " + e.getMessage());
        }
        Object statement = policy == null ? null : policy.get("Statement");
        if (statement instanceof Map<?, ?>) {
            return List.of(statement);
        }
        if (!(statement instanceof List<?> list) || list.isEmpty()) {
            throw malformed("it has no Statement");
        }
        return list;
    }

    private static ApiException malformed(String words) {
        return new ApiException(400, "MalformedPolicyDocumentException", "The policy document is malformed: " + words);
    }

    private static boolean isLocking(@Nullable Object element) {
        Map<String, Object> statement = Json.object(element);
        if (statement == null || !"Deny".equals(Json.string(statement, "Effect"))) {
            return false;
        }
        Object principal = statement.get("Principal");
        boolean isEverybody =
                "*".equals(principal) || (principal instanceof Map<?, ?> kinds && "*".equals(kinds.get("AWS")));
        Object action = statement.get("Action");
        return isEverybody
                && (action instanceof List<?> list
                        ? list.stream().anyMatch(each -> LOCKING_ACTIONS.contains(String.valueOf(each)))
                        : LOCKING_ACTIONS.contains(String.valueOf(action)));
    }
}
