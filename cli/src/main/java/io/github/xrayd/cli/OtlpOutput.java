package io.github.xrayd.cli;

import io.github.xrayd.connectors.otlp.OtlpDestination;
import io.github.xrayd.connectors.otlp.OtlpMetrics;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.TlsIdentity;
import io.github.xrayd.engine.client.Transport;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns settings into the OTLP destination; a daemon without one loads no class of OTLP or protobuf. */
final class OtlpOutput {
    /** What the destination and its directories are named where the file's list does not name it. */
    static final String NAME = "otlp";

    /** What says how the endpoint is called. */
    static final Setting[] DETAILS = {
        Setting.OTLP_HEADERS,
        Setting.OTLP_COMPRESSION,
        Setting.OTLP_AUTH,
        Setting.OTLP_CA_BUNDLE,
        Setting.OTLP_CLIENT_CERTIFICATE,
        Setting.OTLP_CLIENT_KEY,
        Setting.OTLP_PROXY_ADDRESS
    };

    /** Those of them that metrics do not have in common with spans. */
    static final Setting[] OF_SPANS = {Setting.OTLP_HEADERS, Setting.OTLP_AUTH};

    private static final int CALLS_MIN = 4;
    private static final String TRACES = "/traces";
    private static final String METRICS = "/metrics";
    private static final long INTERVAL_MS_MIN = 1_000;
    /** What OpenTelemetry's own exporters wait for an answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Pattern AWS_HOST =
            Pattern.compile("xray(?:-fips)?\\.([a-z0-9-]+)\\.(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)");

    private OtlpOutput() {}

    /**
     * The destination that {@code --otlp-endpoint} asks for.
     *
     * @throws StartException when a setting is wrong
     */
    static OtlpDestination destination(Settings settings) throws StartException {
        URI url = url(Setting.OTLP_ENDPOINT, settings.text(Setting.OTLP_ENDPOINT), TRACES);
        boolean isAws = settings.text(Setting.OTLP_AUTH).equals("aws");
        String proxy = settings.text(Setting.OTLP_PROXY_ADDRESS);
        if (proxy.isEmpty() && isAws) {
            proxy = settings.text(Setting.PROXY_ADDRESS);
        }
        Map<String, String> headers = HeaderList.parse(settings.text(Setting.OTLP_HEADERS));
        if (isAws && headers.keySet().stream().anyMatch("Authorization"::equalsIgnoreCase)) {
            throw new StartException("--otlp-headers has an Authorization header, which --otlp-auth aws writes itself;"
                    + " use one of the two.");
        }
        HttpEndpoint.Settings endpoint = endpoint(settings, url, headers, proxy, callsMax(settings));
        return new OtlpDestination(
                endpoint,
                settings.text(Setting.OTLP_COMPRESSION).equals("gzip"),
                isAws ? AwsSigner.of(account(settings, url)) : null,
                Version.text());
    }

    /** Signs with the credentials of an AWS account. */
    record AwsSigner(AwsSettings account) implements OtlpDestination.Signer {
        /** Made here: a caller that made it would have the JVM load the connector's interface to verify the caller. */
        static OtlpDestination.Signer of(AwsSettings account) {
            return new AwsSigner(account);
        }

        @Override
        public AwsClient open() throws SetupException {
            return ExporterFactory.client(account);
        }
    }

    private static HttpEndpoint.Settings endpoint(
            Settings settings, URI url, Map<String, String> headers, String proxy, int connectionsMax)
            throws StartException {
        Path authorities = settings.pathOrNull(Setting.OTLP_CA_BUNDLE);
        return new HttpEndpoint.Settings(
                url,
                headers,
                identity(settings),
                new Transport(
                        proxy(proxy),
                        !settings.isOn(Setting.NO_VERIFY_SSL),
                        authorities == null ? settings.pathOrNull(Setting.CA_BUNDLE) : authorities,
                        TIMEOUT,
                        connectionsMax));
    }

    /**
     * What {@code --otlp-metrics} asks for. TLS, proxy and compression are those of {@code --otlp-…}, the headers its
     * own.
     *
     * @throws StartException when a setting is wrong
     */
    static OtlpMetrics metrics(Settings settings) throws StartException {
        long intervalMs = settings.millis(Setting.OTLP_METRICS_INTERVAL);
        if (intervalMs < INTERVAL_MS_MIN) {
            throw new StartException("--otlp-metrics-interval must be 1s at least");
        }
        URI url = url(Setting.OTLP_METRICS, settings.text(Setting.OTLP_METRICS), METRICS);
        Map<String, String> headers = HeaderList.parse(settings.text(Setting.OTLP_METRICS_HEADERS));
        return new OtlpMetrics(
                endpoint(settings, url, headers, settings.text(Setting.OTLP_PROXY_ADDRESS), 1),
                settings.text(Setting.OTLP_COMPRESSION).equals("gzip"),
                Duration.ofMillis(intervalMs),
                Version.text());
    }

    /**
     * Calls in flight at most. One without compression may hold 2 MB of the heap, where the largest batch became spans.
     */
    static int callsMax(Settings settings) {
        int most = EngineSettings.callsMax(settings);
        boolean isTold = settings.whole(Setting.CONCURRENCY) > 0;
        return isTold || settings.text(Setting.OTLP_COMPRESSION).equals("gzip")
                ? most
                : (int) Math.max(CALLS_MIN, Math.min(most, MemoryPlan.heapMegabytes() / 4));
    }

    private static URI url(Setting setting, String text, String signal) throws StartException {
        String start = "--" + setting.longName() + " \""
                + text.replaceFirst("//[^/@]*@", "//***@").replaceFirst("\\?.*", "?\u2026") + "\": ";
        URI url;
        try {
            url = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new StartException(start + e.getReason() + "; write for example http://127.0.0.1:4318", e);
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw new StartException(start
                    + "it must begin with http:// or https:// and name a host, for example http://127.0.0.1:4318");
        }
        if (url.getRawUserInfo() != null) {
            throw new StartException(start + "give a user and password by "
                    + (setting == Setting.OTLP_METRICS ? "--otlp-metrics-headers," : "--otlp-headers,")
                    + " as authorization=Basic%20BASE64, not in the address");
        }
        if (url.getRawFragment() != null) {
            throw new StartException(start + "it must not have a fragment (#)");
        }
        String path = url.getRawPath().replaceFirst("/+$", "");
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return URI.create(
                scheme + "://" + url.getRawAuthority() + path + (path.endsWith(signal) ? "" : "/v1" + signal) + query);
    }

    private static @Nullable URI proxy(String text) throws StartException {
        if (text.isEmpty()) {
            return null;
        }
        if (text.equalsIgnoreCase("direct")) {
            return Transport.DIRECT;
        }
        try {
            URI proxy = new URI(text);
            if (proxy.getHost() != null && ("http".equals(proxy.getScheme()) || "https".equals(proxy.getScheme()))) {
                return proxy;
            }
        } catch (URISyntaxException e) {
            throw new StartException("--otlp-proxy-address: " + e.getReason() + "; write http://HOST:PORT", e);
        }
        throw new StartException("--otlp-proxy-address must be http://HOST:PORT, https://HOST:PORT or direct");
    }

    private static @Nullable TlsIdentity identity(Settings settings) throws StartException {
        Path certificate = settings.pathOrNull(Setting.OTLP_CLIENT_CERTIFICATE);
        Path key = settings.pathOrNull(Setting.OTLP_CLIENT_KEY);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new StartException("--otlp-client-certificate and --otlp-client-key belong together; give both");
        }
        return new TlsIdentity(certificate, key);
    }

    /** As whom AWS's endpoint is called: the daemon's credentials, in the region that the endpoint's name says. */
    private static AwsSettings account(Settings settings, URI url) throws StartException {
        AwsSettings own = EngineSettings.backend(settings);
        Matcher host = AWS_HOST.matcher(url.getHost().toLowerCase(Locale.ROOT));
        return new AwsSettings(
                host.matches() ? host.group(1) : own.region(),
                null,
                own.roleArn(),
                own.isLocalMode(),
                own.version(),
                own.transport());
    }
}
