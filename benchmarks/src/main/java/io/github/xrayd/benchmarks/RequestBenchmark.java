package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.aws.XRayExporter;
import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.xray.model.PutTraceSegmentsResponse;

/**
 * One call of PutTraceSegments with 50 documents of 1 KB over loopback, from the bytes to the answer, per call.
 *
 * <p>The endpoint runs beside it on a thread that allocates nothing; its reading is in the time, not in the allocation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RequestBenchmark {
    private static final int DOCUMENTS = Stages.BATCH_DOCUMENTS;
    private static final int LENGTH = 1_024;
    private static final int HASH_CHUNK = 16 << 10;
    private static final String REGION = "us-east-1";
    private static final String ACCESS_KEY = "AKIDEXAMPLE";
    private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private final List<byte[]> documents = Documents.ofLength(LENGTH);
    private final ScriptedDatagrams source = new ScriptedDatagrams(Documents.datagrams(LENGTH));
    private final Stages stages = new Stages(source, DOCUMENTS, false);
    private final byte[] chunk = new byte[HASH_CHUNK];
    private StubEndpoint endpoint;
    private XRayExporter backend;
    private TypedClient client;
    private SignedClient signedClient;
    private Batch batch;
    private BatchBody body;
    private BatchBody oneDocument;
    private MessageDigest sha256;

    @Setup
    public void setUp() throws IOException, SetupException, NoSuchAlgorithmException {
        endpoint = new StubEndpoint();
        System.setProperty("aws.accessKeyId", ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SECRET_KEY);
        AwsSettings settings = new AwsSettings(
                REGION,
                endpoint.uri(),
                null,
                true,
                "benchmark",
                new Transport(Transport.DIRECT, true, null, Duration.ofSeconds(5), 8));
        backend = ExporterFactory.exporter(settings, ExporterFactory.client(settings));
        client = new TypedClient(
                endpoint.uri(),
                REGION,
                StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)));
        signedClient = new SignedClient(
                endpoint.uri(),
                REGION,
                StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)));
        source.offer(DOCUMENTS);
        stages.receive();
        stages.validate();
        stages.batch();
        batch = stages.takeSealed();
        body = batch.body(batch.unsettled());
        oneDocument = batch.body(1);
        sha256 = MessageDigest.getInstance("SHA-256");
    }

    /** The engine: the sealed batch is the body of a prepared request. */
    @Benchmark
    public Answer preEncoded() {
        return put(body);
    }

    /** What a call costs however small it is: a body of one document. */
    @Benchmark
    public Answer fixedCost() {
        return put(oneDocument);
    }

    private Answer put(BatchBody encoded) {
        Answer answer = backend.export(encoded);
        if (answer.outcome() != AnswerKind.DELIVERED) {
            throw new IllegalStateException("the stub refused: " + answer);
        }
        return answer;
    }

    /** Beaten: the same body signed by the SDK's signer and sent by Apache's client. */
    @Benchmark
    public int sdkSigned() throws IOException {
        return signedClient.put(body);
    }

    /** Beaten: the same body through the SDK's typed client. */
    @Benchmark
    public PutTraceSegmentsResponse typedPreEncoded() {
        return client.put(body);
    }

    /** Beaten: each document as a String, escaped by the SDK's marshaller. */
    @Benchmark
    public PutTraceSegmentsResponse typedStrings() {
        List<String> strings = new ArrayList<>(DOCUMENTS);
        for (int i = 0; i < DOCUMENTS; i++) {
            strings.add(new String(documents.get(i % documents.size()), StandardCharsets.UTF_8));
        }
        return client.put(strings);
    }

    /** The part of {@link #preEncoded} that no client can save: the body's hash for the signature. */
    @Benchmark
    public byte[] hashAlone() throws IOException {
        try (InputStream stream = body.openStream()) {
            int count;
            while ((count = stream.read(chunk, 0, chunk.length)) > 0) {
                sha256.update(chunk, 0, count);
            }
        }
        return sha256.digest();
    }

    @TearDown
    public void tearDown() throws IOException {
        client.close();
        signedClient.close();
        backend.close();
        endpoint.close();
        batch.settle(batch.unsettled());
        stages.close();
    }
}
