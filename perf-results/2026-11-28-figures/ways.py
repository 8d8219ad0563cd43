#!/usr/bin/env python3
"""Measures X-Ray and OTLP at once, and a way through a Kafka broker, on loopback; a line of JSON for each run.

usage: ways.py --tools DIR --xray DIST [--java-home DIR] --kafka-classpath FILE --out FILE [--rounds N] [--only dual|kafka]
"""
import argparse, json, os, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
HZ = os.sysconf("SC_CLK_TCK")
p = argparse.ArgumentParser()
for n in ("tools", "xray", "kafka-classpath", "out"): p.add_argument("--" + n, required=True)
p.add_argument("--java-home"); p.add_argument("--rounds", type=int, default=5); p.add_argument("--only")
a = p.parse_args()
def free(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s: s.bind(("127.0.0.1", 0)); return s.getsockname()[1]
def cpu(pid):
    f = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split(); return (int(f[11]) + int(f[12])) / HZ
def rss(pid): return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) / 1024
SINK = r'''
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class H(BaseHTTPRequestHandler):
    protocol_version="HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
    def log_message(self,*a): pass
ThreadingHTTPServer.daemon_threads=True
ThreadingHTTPServer(("127.0.0.1",int(sys.argv[1])),H).serve_forever()
'''
def metrics(tcp):
    t = urllib.request.urlopen(f"http://127.0.0.1:{tcp}/metrics", timeout=5).read().decode(); m = {}
    for l in t.splitlines():
        if l and l[0] != "#":
            k, v = l.rsplit(" ", 1); m[k] = float(v)
    return m
def losses(m):
    return {k: v for k, v in m.items() if v and re.match(r"xrayd_(kernel_drops|dropped|rejected|abandoned|refused|unprocessed|skipped)", k)}
def delivered(m, dest): return m.get('xrayd_delivered_total{destination="%s"}' % dest, 0)
def daemon(args, endpoint):
    udp, tcp = free(socket.SOCK_DGRAM), free()
    env = dict(os.environ, AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="secretexample", AWS_EC2_METADATA_DISABLED="true"); env.pop("JAVA_HOME", None)
    if a.java_home: env["JAVA_HOME"] = a.java_home
    log = open(tempfile.mktemp(prefix="ways-", suffix=".log"), "w")
    d = subprocess.Popen([f"{a.xray}/bin/xray", "-o", "-n", "us-east-1", "-b", f"127.0.0.1:{udp}", "-t", f"127.0.0.1:{tcp}", "--endpoint", endpoint, "-l", "info", *args], env=env, stdout=log, stderr=subprocess.STDOUT)
    t = time.time()
    while time.time() - t < 30:
        try: metrics(tcp); break
        except OSError: time.sleep(0.1)
    d.udp, d.tcp, d.log = udp, tcp, log.name
    return d
def blast(udp, n, rate, first, size=1024):
    out = subprocess.run([f"{a.tools}/udpblast", f"127.0.0.1:{udp}", "-s", "64", "-n", str(n), "-r", str(rate), "-o", str(first), "-z", str(size)], capture_output=True, text=True).stdout
    return float(re.search(r" rate=(\d+)", out)[1])
def until(f, seconds):
    t = time.time()
    while time.time() - t < seconds and not f(): time.sleep(0.2)
    return f()
def end(*ps):
    for q in ps: q.send_signal(signal.SIGTERM)
    for q in ps:
        try: q.wait(20)
        except subprocess.TimeoutExpired: q.kill(); q.wait()
def row(**f):
    line = json.dumps(dict(f, at=time.strftime("%H:%M:%S"), load=round(os.getloadavg()[0], 2))); print(line, flush=True); open(a.out, "a").write(line + "\n")
def sinks():
    x, o = free(), free()
    return x, subprocess.Popen([f"{a.tools}/xraysink", str(x)], stdout=subprocess.PIPE, text=True), o, subprocess.Popen([sys.executable, "-c", SINK, str(o)])
def dual(r, extra, name, rate=10000, seconds=20):
    x, xp, o, op = sinks()
    d = daemon(["--otlp-endpoint", f"http://127.0.0.1:{o}", *extra], f"http://127.0.0.1:{x}")
    W, N = rate * 30, rate * seconds
    blast(d.udp, W, rate, 200_000_000); time.sleep(3); m0 = metrics(d.tcp); c = cpu(d.pid)
    offered = blast(d.udp, N, rate, 0); until(lambda: all(delivered(metrics(d.tcp), q) >= N + delivered(m0, q) for q in ("xray", "otlp")), 20)
    c1 = cpu(d.pid); m = metrics(d.tcp); mem = rss(d.pid); end(d); xp.send_signal(signal.SIGTERM); so, _ = xp.communicate(); end(op)
    row(case=name, round=r, rate=rate, offered=offered, sent=W + N, received=m["xrayd_received_total"], xray=delivered(m, "xray"), otlp=delivered(m, "otlp"), arrivedAtXrayOfSecondLoad=int(re.findall(r"unique=(\d+)", so)[-1]), losses=losses(m), lossesBefore=losses(m0), microsPerSegment=round((c1 - c) * 1e6 / N, 2), rssMb=round(mem, 1), oldestHeld=m.get('xrayd_oldest_held_age_seconds{destination="otlp"}'))
def broker(folder):
    b, c = free(), free()
    open(f"{folder}/b.properties", "w").write("\n".join(["process.roles=broker,controller", "node.id=1", f"controller.quorum.voters=1@127.0.0.1:{c}", f"listeners=PLAINTEXT://127.0.0.1:{b},CONTROLLER://127.0.0.1:{c}", f"advertised.listeners=PLAINTEXT://127.0.0.1:{b}", "controller.listener.names=CONTROLLER", "inter.broker.listener.name=PLAINTEXT", "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT", f"log.dirs={folder}/data", "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=1", "transaction.state.log.replication.factor=1", "share.coordinator.state.topic.replication.factor=1", "group.initial.rebalance.delay.ms=0", "num.partitions=4", "auto.create.topics.enable=true"]))
    java = [f"{a.java_home or os.environ['JAVA_HOME']}/bin/java", "-Xmx512m", "-Xms512m", "-XX:+UseSerialGC", "-cp", open(a.kafka_classpath).read().strip()]
    log = open(f"{folder}/b.log", "w")
    subprocess.run(java + ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", f"{folder}/b.properties"], stdout=log, stderr=log, check=True)
    pr = subprocess.Popen(java + ["kafka.Kafka", f"{folder}/b.properties"], stdout=log, stderr=log)
    def there():
        try: socket.create_connection(("127.0.0.1", b), 1).close(); return True
        except OSError: return False
    until(there, 60); time.sleep(3); return b, pr
def kafka(r, to, rate=5000, seconds=20):
    folder = tempfile.mkdtemp(); b, bp = broker(folder); x, xp, o, op = sinks(); topic = f"t{r}"
    col = daemon(["--xray-output", "off", "--kafka-output-brokers", f"127.0.0.1:{b}", "--kafka-output-topic", topic], f"http://127.0.0.1:{x}")
    more = [] if to == "xray" else ["--xray-output", "off", "--otlp-endpoint", f"http://127.0.0.1:{o}"]
    up = daemon(["--kafka-input-brokers", f"127.0.0.1:{b}", "--kafka-input-topic", topic, "--kafka-input-group", "u", *more], f"http://127.0.0.1:{x}")
    time.sleep(4); W, N = rate * 40, rate * seconds
    blast(col.udp, W, rate, 200_000_000); until(lambda: delivered(metrics(up.tcp), to) >= W, 30); u0 = metrics(up.tcp); c0 = metrics(col.tcp)
    t = [cpu(q.pid) for q in (col, up, bp)]; offered = blast(col.udp, N, rate, 0); at = time.time(); ok = until(lambda: delivered(metrics(up.tcp), to) >= W + N, 30); lag = time.time() - at
    t1 = [cpu(q.pid) for q in (col, up, bp)]; m, u = metrics(col.tcp), metrics(up.tcp); mem = [round(rss(q.pid), 1) for q in (col, up, bp)]
    end(up, col); xp.send_signal(signal.SIGTERM); so, _ = xp.communicate(); end(op, bp); shutil.rmtree(folder, ignore_errors=True)
    row(case="kafka-to-" + to, round=r, rate=rate, offered=offered, sent=W + N, received=m["xrayd_received_total"], toTopic=delivered(m, "kafka"), delivered=delivered(u, to), arrivedAtXray=int(re.findall(r"unique=(\d+)", so)[-1]), dups=int(re.findall(r"dups=(\d+)", so)[-1]), secondsAfterLastDatagram=round(lag, 2), collectorLosses=losses(m), uploaderLosses=losses(u), micros=dict(zip(("collector", "uploader", "broker"), [round((y - z) * 1e6 / N, 2) for y, z in zip(t1, t)])), rssMb=mem)
for r in range(1, a.rounds + 1):
    if a.only in (None, "dual"):
        dual(r, [], "dual"); dual(r, ["--otlp-compression", "gzip"], "dual-gzip")
    if a.only in (None, "kafka"):
        kafka(r, "xray"); kafka(r, "otlp")
