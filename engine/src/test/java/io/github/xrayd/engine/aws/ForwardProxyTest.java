package io.github.xrayd.engine.aws;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.Addresses;
import io.github.xrayd.engine.client.ForwardProxy;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.testing.SelfSigned;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ForwardProxyTest {
    private static AwsSettings through(@Nullable URI proxy, URI endpoint, boolean isVerifySsl) {
        return new AwsSettings(
                "us-east-1",
                endpoint,
                null,
                true,
                "1",
                new Transport(proxy, isVerifySsl, null, Duration.ofSeconds(5), 8));
    }

    @Test
    void shouldSendPlainCallsInAbsoluteFormThroughTheConfiguredProxy() throws Exception {
        try (ScriptedService proxy = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        through(
                                URI.create(proxy.uri().toString().replace("//", "//user:secret@")),
                                URI.create("http://xray.example"),
                                true),
                        // The configured address wins, for every host.
                        new ScriptedEnvironment().variable("NO_PROXY", "*"))) {
            assertEquals(AnswerKind.DELIVERED, backend.export(new TestBody()).outcome());
            ScriptedService.Call call = proxy.awaitCall();
            assertEquals("http://xray.example/TraceSegments", call.target());
            assertEquals("Basic dXNlcjpzZWNyZXQ=", call.header("Proxy-Authorization"));
            assertEquals(TestBody.TEXT, call.body());
            HttpReply reply =
                    backend.connection().send(new HttpCall("POST", "/SamplingTargets", "", Map.of(), new byte[0]));
            assertEquals(200, reply.status());
            assertEquals(
                    "http://xray.example/SamplingTargets", proxy.awaitCall().target());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "https_proxy"})
    void shouldUseTheEnvironmentsProxyForPlainEndpointsTooButNotForExcludedHosts(String variable) throws Exception {
        try (ScriptedService proxy = new ScriptedService();
                ScriptedService service = new ScriptedService()) {
            ScriptedEnvironment environment = new ScriptedEnvironment()
                    .variable(variable, "127.0.0.1:" + proxy.uri().getPort());
            try (XRayExporter backend = Exporters.create(through(null, service.uri(), true), environment)) {
                backend.export(new TestBody());
                assertEquals(service.uri() + "/TraceSegments", proxy.awaitCall().target());
            }
            environment.variable("NO_PROXY", "example.com,127.0.0.1");
            try (XRayExporter backend = Exporters.create(through(null, service.uri(), true), environment)) {
                backend.export(new TestBody());
                assertEquals("/TraceSegments", service.awaitCall().target());
                assertEquals(1, proxy.calls.size());
            }
        }
    }

    @Test
    void shouldTunnelTlsThroughPlainAndTlsProxies(@TempDir Path directory) throws Exception {
        SSLContext tls = SelfSigned.context(directory);
        for (SSLContext proxyTls : new SSLContext[] {null, tls}) {
            try (TunnelProxy proxy = new TunnelProxy(proxyTls);
                    ScriptedService service = new ScriptedService(tls);
                    XRayExporter backend =
                            Exporters.create(through(proxy.uri(), service.uri(), false), new ScriptedEnvironment())) {
                Answer answer = backend.export(new TestBody());
                assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
                assertEquals("/TraceSegments", service.awaitCall().target());
                assertTrue(
                        proxy.heads
                                .get(0)
                                .startsWith("CONNECT 127.0.0.1:" + service.uri().getPort()),
                        proxy.heads.toString());
            }
        }
    }

    @Test
    void shouldTrustASelfSignedCertificateOnlyWhenTold(@TempDir Path directory) throws Exception {
        try (ScriptedService service = new ScriptedService(SelfSigned.context(directory))) {
            try (XRayExporter strict =
                    Exporters.create(through(null, service.uri(), true), new ScriptedEnvironment())) {
                Answer answer = strict.export(new TestBody());
                assertEquals(AnswerKind.TRANSIENT, answer.outcome());
                assertEquals(ConnectionError.OTHER, answer.connectionError());
                assertTrue(answer.message().contains("certification path"), answer.message());
            }
            try (XRayExporter loose =
                    Exporters.create(through(null, service.uri(), false), new ScriptedEnvironment())) {
                Answer answer = loose.export(new TestBody());
                assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            xray.us-east-1.amazonaws.com | *                        | true
            xray.us-east-1.amazonaws.com | .amazonaws.com           | true
            xray.us-east-1.amazonaws.com | *.amazonaws.com          | true
            xray.us-east-1.amazonaws.com | localhost, amazonaws.com | true
            xray.us-east-1.amazonaws.com | localhost amazonaws.com  | true
            xray.us-east-1.amazonaws.com | AMAZONAWS.COM            | true
            XRAY.us-east-1.amazonaws.com | xray.us-east-1.amazonaws.com | true
            xray.us-east-1.amazonaws.com | naws.com                 | false
            xray.us-east-1.amazonaws.com | amazonaws.com:443        | true
            xray.us-east-1.amazonaws.com | .amazonaws.com:443       | true
            xray.us-east-1.amazonaws.com | amazonaws.com:80         | false
            xray.us-east-1.amazonaws.com | amazonaws.com:https      | false
            xray.us-east-1.amazonaws.com | 0.0.0.0/0                | false
            xray.us-east-1.amazonaws.com | ''                       | false
            xray.us-east-1.amazonaws.com | ',, ,'                   | false
            amazonaws.com                | amazonaws.com            | true
            amazonaws.com                | .amazonaws.com           | false
            amazonaws.com                | *.amazonaws.com          | false
            10.1.2.3                     | 10.0.0.0/8               | true
            10.1.2.3                     | 10.1.2.3                 | true
            10.1.2.3                     | 10.1.2.3:443             | true
            10.1.2.3                     | 10.1.2.3:80              | false
            10.1.2.3                     | 10.1.2.0/30              | true
            10.1.2.4                     | 10.1.2.0/30              | false
            11.1.2.3                     | 10.0.0.0/8               | false
            10.1.2.3                     | 0.0.0.0/0                | true
            10.1.2.3                     | ::/0                     | false
            10.1.2.3                     | 10.0.0.0/33              | false
            10.1.2.3                     | 10.0.0.0/x               | false
            10.1.2.3:8443                | 10.1.2.3:8443            | true
            127.0.0.1                    | localhost                | false
            [fd00::1]                    | fd00::/8                 | true
            [fe00::1]                    | fd00::/8                 | false
            [fd00::1]                    | fd00::1                  | true
            [fd00::1]                    | fd00:0:0:0:0:0:0:1       | true
            [fd00::1]                    | [fd00::1]                | true
            [fd00::1]                    | [fd00::1]:443            | true
            [fd00::1]                    | [fd00::1]:80             | false
            """)
    void shouldReadNoProxyAsGoDoes(String host, String noProxy, boolean isExcluded) throws Exception {
        ForwardProxy proxy = ForwardProxy.of(
                null,
                new ScriptedEnvironment()
                        .variable("HTTPS_PROXY", "http://proxy.example:3128")
                        .variable("NO_PROXY", noProxy));
        URI address = proxy.addressFor(URI.create("https://" + host));
        if (isExcluded) {
            assertNull(address);
        } else {
            assertNotNull(address);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ://bad                     | Bad proxy URL: parse "://bad": missing protocol scheme
            10.0.0.1:3128              | Bad proxy URL: parse "10.0.0.1:3128": first path segment in URL cannot contain colon
            proxy:3128                 | Bad proxy URL: parse "proxy:3128": missing protocol scheme: write http://proxy:3128 or https://proxy:3128
            ftp://user:pw@proxy        | Bad proxy URL: parse "ftp://user:***@proxy": not of the form http://host:port or https://host:port
            """)
    void shouldRefuseBadProxyAddresses(String text, String message) {
        SetupException e = assertThrows(SetupException.class, () -> Addresses.forwardProxy(text));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            127.0.0.1:2180 | parse "127.0.0.1:2180": first path segment in URL cannot contain colon
            not a url      | parse "not a url": missing protocol scheme: write http://not a url or https://not a url
            http://a b     | parse "http://a b": Illegal character in authority
            http://h?x=1   | parse "http://h?x=1": not of the form http://host:port or https://host:port
            """)
    void shouldRefuseBadEndpoints(String text, String message) {
        SetupException e = assertThrows(SetupException.class, () -> Addresses.endpoint(text));
        assertEquals("Unable to start http proxy server: unable to parse xray endpoint: " + message, e.getMessage());
    }

    @Test
    void shouldTakeGoodEndpoints() throws Exception {
        for (String text :
                List.of("http://127.0.0.1:2180", "https://xray.us-east-1.amazonaws.com/pre/fix", "http://[::1]:1")) {
            assertEquals(URI.create(text), Addresses.endpoint(text));
        }
    }

    @Test
    void shouldNameTheProxyThatCannotBeReached() throws Exception {
        URI away = URI.create("http://127.0.0.1:1");
        for (String endpoint : List.of("http://xray.example", "https://xray.example")) {
            try (XRayExporter backend =
                    Exporters.create(through(away, URI.create(endpoint), true), new ScriptedEnvironment())) {
                Answer answer = backend.export(new TestBody());
                assertEquals(ConnectionError.CONNECTION_REFUSED, answer.connectionError());
                assertTrue(
                        answer.message()
                                .endsWith("proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused"),
                        answer.message());
            }
        }
        try (XRayExporter backend = Exporters.create(
                through(URI.create("http://no-such-proxy.invalid:3128"), URI.create("https://xray.example"), true),
                new ScriptedEnvironment())) {
            Answer answer = backend.export(new TestBody());
            assertTrue(answer.message().contains("lookup no-such-proxy.invalid:3128: no such host"), answer.message());
        }
    }

    @Test
    void shouldNameTheProxyThatHangsResetsOrOpensNoTunnel() throws Exception {
        for (ScriptedSocket.Script script : List.<ScriptedSocket.Script>of(
                socket -> new CountDownLatch(1).await(),
                socket -> {
                    socket.setSoLinger(true, 0);
                    socket.close();
                },
                socket -> socket.getOutputStream()
                        .write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}".getBytes(US_ASCII)),
                socket -> socket.getOutputStream()
                        .write("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(US_ASCII)))) {
            try (ScriptedSocket proxy = new ScriptedSocket(script);
                    XRayExporter backend = Exporters.create(
                            new AwsSettings(
                                    "us-east-1",
                                    URI.create("https://xray.example"),
                                    null,
                                    true,
                                    "1",
                                    new Transport(proxy.uri(), true, null, Duration.ofMillis(500), 8)),
                            new ScriptedEnvironment())) {
                Answer answer = backend.export(new TestBody());
                // Not the service's own word, so it says nothing about the documents or the keys.
                assertEquals(AnswerKind.TRANSIENT, answer.outcome(), answer.message());
                assertTrue(answer.message().contains("127.0.0.1:" + proxy.uri().getPort()), answer.message());
            }
        }
    }
}
