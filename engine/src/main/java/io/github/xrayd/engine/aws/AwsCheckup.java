package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.aws.Finding.State;
import io.github.xrayd.engine.client.Addresses;
import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.SetupException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Tries the way to the X-Ray API step by step, as the daemon would take it, and says of each step how it went and what
 * to do: region, credentials, endpoint, signed calls, clock. Uploads nothing. Used by one thread.
 */
public final class AwsCheckup {
    private static final Duration SKEW_NOTED = Duration.ofSeconds(30);
    /** Signatures of the AWS API are valid for so long. */
    private static final Duration SKEW_MAX = Duration.ofMinutes(5);

    private final AwsSettings settings;
    private final Environment environment;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable Duration skew;

    private AwsCheckup(AwsSettings settings, Environment environment, Clock clock) {
        this.settings = settings;
        this.environment = environment;
        this.clock = clock;
    }

    /** Tries everything for this process; takes as long as the services do, a few seconds when they do not answer. */
    public static List<Finding> run(AwsSettings settings) {
        return run(settings, Environment.system(), Clock.systemUTC());
    }

    /** The same for a given environment and clock. */
    static List<Finding> run(AwsSettings settings, Environment environment, Clock clock) {
        AwsCheckup checkup = new AwsCheckup(settings, environment, clock);
        checkup.region();
        for (String subject : List.of("region", "credentials", "endpoint", "uploads", "sampling", "clock")) {
            if (checkup.findings.stream().noneMatch(f -> f.check().equals(subject))) {
                checkup.add(subject, State.SKIPPED, "not tried", "");
            }
        }
        return List.copyOf(checkup.findings);
    }

    private void add(String subject, State state, String detail, String advice) {
        findings.add(new Finding(subject, state, ErrorText.oneLine(detail), advice));
    }

    private void region() {
        Profiles profiles;
        RegionFinder.Found found;
        try (Metadata metadata = new Metadata(environment)) {
            profiles = Profiles.read(environment);
            found = RegionFinder.find(settings, environment, profiles, metadata);
        } catch (SetupException e) {
            add(
                    "region",
                    State.FAILED,
                    String.valueOf(e.getMessage()),
                    "Name the region with -n, with Region in the configuration file or with AWS_REGION.");
            return;
        }
        add("region", State.OK, found.region() + ", from " + found.source(), "");
        try (AwsClient client = ExporterFactory.client(settings, found.region(), environment, profiles, clock)) {
            boolean hasCredentials = credentials(client.credentials());
            boolean isReached = endpoint(client);
            if (isReached && hasCredentials) {
                call(client, "uploads", "/TraceSegments", "{\"TraceSegmentDocuments\":[]}");
                call(client, "sampling", "/GetSamplingRules", "{}");
            }
            if (isReached) {
                clock();
            }
        } catch (SetupException e) {
            add(
                    "endpoint",
                    State.FAILED,
                    String.valueOf(e.getMessage()),
                    "Name the endpoint with --endpoint, or another region; write a proxy as http://HOST:PORT (-p,"
                            + " ProxyAddress or HTTPS_PROXY).");
        }
    }

    private boolean credentials(Credentials credentials) {
        try {
            AwsCredentials found = credentials.resolveCredentials();
            boolean isTemporary = found instanceof AwsSessionCredentials;
            String until = found.expirationTime().map(at -> ", until " + at).orElse("");
            add(
                    "credentials",
                    State.OK,
                    "access key " + masked(found.accessKeyId()) + (isTemporary ? ", temporary" : "") + until + ", from "
                            + credentials.source(),
                    "");
            return true;
        } catch (CredentialsUnavailableException e) {
            add(
                    "credentials",
                    State.FAILED,
                    String.valueOf(e.getMessage()),
                    settings.roleArn() == null
                            ? "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or give"
                                    + " the instance, task or pod a role."
                            : "Check that the role " + settings.roleArn() + " trusts whoever the daemon runs as.");
            return false;
        }
    }

    private static String masked(String accessKey) {
        int shown = Math.min(4, accessKey.length() / 3);
        return accessKey.substring(0, shown) + "…" + accessKey.substring(accessKey.length() - shown);
    }

    /** An unsigned request; any answer at all shows that name, network, TLS and forward proxy are in order. */
    private boolean endpoint(AwsClient client) {
        URI endpoint = client.endpoint();
        URI through = client.proxy().addressFor(endpoint);
        String way = through == null ? "directly" : "through the proxy " + Addresses.hidePassword(through.toString());
        HttpExecuteRequest request = HttpExecuteRequest.builder()
                .request(SdkHttpRequest.builder()
                        .method(SdkHttpMethod.GET)
                        .uri(endpoint)
                        .encodedPath(endpoint.getRawPath() + "/")
                        .putHeader("Host", endpoint.getRawAuthority())
                        .build())
                .build();
        long startNs = System.nanoTime();
        try {
            HttpExecuteResponse response =
                    client.uploads().http().prepareRequest(request).call();
            if (response.responseBody().isPresent()) {
                response.responseBody().get().close();
            }
            noteDate(response.httpResponse().firstMatchingHeader("Date").orElse(null));
            int status = response.httpResponse().statusCode();
            boolean isProxyDenied = status == 407;
            add(
                    "endpoint",
                    isProxyDenied ? State.FAILED : State.OK,
                    endpoint + " answers " + way + " within " + (System.nanoTime() - startNs) / 1_000_000 + " ms"
                            + (isProxyDenied ? ", but the proxy requires authentication (status 407)" : "")
                            + tls(client),
                    isProxyDenied ? "Write the user into the proxy's address: http://user:password@host:port." : "");
            return !isProxyDenied;
        } catch (IOException | RuntimeException e) {
            add(
                    "endpoint",
                    State.FAILED,
                    endpoint + " cannot be reached " + way + ": " + client.reason(e),
                    advice(e, through));
            return false;
        }
    }

    private static String tls(AwsClient client) {
        return "https".equalsIgnoreCase(client.endpoint().getScheme())
                ? ", " + client.trust().description()
                : ", without TLS";
    }

    private static String advice(Exception failure, @Nullable URI through) {
        if (ErrorText.find(failure, SSLException.class) != null) {
            return "Name a PEM file with the certificate's authority (--ca-bundle FILE, or AWS_CA_BUNDLE); for a test,"
                    + " --no-verify-ssl.";
        }
        if (ErrorText.find(failure, UnknownHostException.class) != null) {
            return "Check the spelling of the region and of --endpoint, and that this host's DNS resolves the name.";
        }
        if (ErrorText.find(failure, SocketTimeoutException.class) != null) {
            return "Check firewall, security group and VPC endpoint"
                    + (through == null ? "; where a forward proxy is needed, name it with -p." : ", and the proxy.");
        }
        return through == null
                ? "Check --endpoint, and that something listens there."
                : "Check the proxy's address (-p, ProxyAddress, HTTPS_PROXY); exclude the endpoint with NO_PROXY.";
    }

    /**
     * A signed call that changes nothing; that the API looked at its content shows that signature and permission are in
     * order.
     */
    private void call(AwsClient client, String subject, String path, String body) {
        HttpCall call = new HttpCall(
                "POST",
                path,
                "",
                Map.of("Content-Type", List.of("application/json")),
                body.getBytes(StandardCharsets.UTF_8));
        try (HttpReply reply = client.uploads().send(call)) {
            noteDate(reply.header("Date"));
            findings.add(TrialAnswer.finding(subject, path, reply));
        } catch (IOException | RuntimeException e) {
            add(
                    subject,
                    State.FAILED,
                    "POST " + path + ": " + client.reason(e),
                    "Try again; when it stays so, the endpoint is reachable but does not serve the API.");
        }
    }

    private void noteDate(@Nullable String date) {
        try {
            if (date != null) {
                skew = Duration.between(
                        clock.instant(), ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME));
            }
        } catch (DateTimeException e) {
            // Not a date: nothing learned.
            return;
        }
    }

    private void clock() {
        Duration ahead = skew;
        if (ahead == null) {
            add("clock", State.WARNING, "the endpoint's answer has no Date to compare with", "");
            return;
        }
        long seconds = Math.abs(ahead.toSeconds());
        String detail = seconds <= 1
                ? "agrees with the endpoint's"
                : seconds + " s " + (ahead.isNegative() ? "ahead of" : "behind") + " the endpoint's";
        Duration distance = ahead.abs();
        if (distance.compareTo(SKEW_NOTED) <= 0) {
            add("clock", State.OK, detail, "");
        } else {
            add(
                    "clock",
                    distance.compareTo(SKEW_MAX) < 0 ? State.WARNING : State.FAILED,
                    detail,
                    "Synchronize the clock (chrony, systemd-timesyncd): signatures are valid for 5 minutes, and segments"
                            + " carry this host's time.");
        }
    }
}
