#!/usr/bin/env python3
"""Measures the daemon's figures against C programs on loopback; a line of JSON for each run.

usage: measure.py --tools DIR --linked DIR --java17 DIR --java17-home DIR [--base DIR] --out FILE [--only NAME...] [--rounds N]
--tools      folder of udpblast, xraysink, floor, recvloop (compiled C)
--linked     distribution with a runtime of its own; --java17: distribution that uses --java17-home
"""
import argparse, http.server, json, os, re, signal, socket, statistics, subprocess, sys, tempfile, threading, time

HZ = os.sysconf("SC_CLK_TCK")
p = argparse.ArgumentParser()
for name in ("tools", "linked", "java17", "java17-home", "out"): p.add_argument("--" + name, required=True)
p.add_argument("--base", help="an older distribution, run with --java17-home")
p.add_argument("--only", nargs="*"); p.add_argument("--rounds", type=int, default=5)
a = p.parse_args()

def free(kind):
    with socket.socket(socket.AF_INET, kind) as s: s.bind(("127.0.0.1", 0)); return s.getsockname()[1]

def cpu(pid):
    f = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split(); return (int(f[11]) + int(f[12])) / HZ

def rss(pid):
    m = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+)", open(f"/proc/{pid}/status").read()))
    return int(m["VmRSS"]) / 1024, int(m["VmHWM"]) / 1024

def drops(port):
    total = 0
    for table in ("/proc/net/udp", "/proc/net/udp6"):
        for line in open(table).read().splitlines()[1:]:
            f = line.split()
            if int(f[1].split(":")[1], 16) == port: total += int(f[-1])
    return total

class Run:
    """A backend and a daemon, from start to stop."""
    def __init__(self, subject, flags=(), sink=None):
        self.udp, self.tcp, self.sink = free(socket.SOCK_DGRAM), free(socket.SOCK_STREAM), sink or free(socket.SOCK_STREAM)
        self.backend = subprocess.Popen([f"{a.tools}/xraysink", str(self.sink)] if sink is None else ["sleep", "60"], stdout=subprocess.PIPE, text=True); time.sleep(0.2)
        self.cfg = tempfile.mktemp(suffix=".yaml")
        open(self.cfg, "w").write(f'Endpoint: "http://127.0.0.1:{self.sink}"\nRegion: "us-east-1"\nSocket:\n  UDPAddress: "127.0.0.1:{self.udp}"\n  TCPAddress: "127.0.0.1:{self.tcp}"\nLocalMode: true\nVersion: 2\n')
        env = dict(os.environ, AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="secretexample", AWS_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true")
        env.pop("JAVA_HOME", None)
        if subject in ("java17", "base"): env["JAVA_HOME"] = a.java17_home
        cmd = {"floor": [f"{a.tools}/floor", str(self.udp), str(self.sink)], "recvloop": [f"{a.tools}/recvloop", str(self.udp)]}.get(subject) \
            or [f"{getattr(a, subject)}/bin/xray", "-c", self.cfg, "-o", "-l", "error", *flags]
        mark = f":{self.udp:04X} "; t = time.time()
        self.daemon = subprocess.Popen(cmd, env=env, stdout=subprocess.PIPE if subject == "recvloop" else subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        while mark not in open("/proc/net/udp").read() + open("/proc/net/udp6").read():
            time.sleep(0.002)
            if time.time() - t > 30: raise SystemExit("not bound: " + subject)
        self.bound = time.time() - t; self.t = t; self.pid = self.daemon.pid; self.lines = []
    def blast(self, n, rate, first=0, size=1024):
        out = subprocess.run([f"{a.tools}/udpblast", f"127.0.0.1:{self.udp}", "-s", "64", "-n", str(n), "-r", str(rate), "-o", str(first), "-z", str(size)], capture_output=True, text=True).stdout
        return float(re.search(r" rate=(\d+)", out)[1])
    def warm(self, n=600000, rate=20000):
        self.blast(n, rate, 200_000_000); time.sleep(3)
    def settle(self):
        last = cpu(self.pid)
        for _ in range(20):
            time.sleep(1); now = cpu(self.pid)
            if now - last < 0.05: break
            last = now
    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        try: self.daemon.wait(30)
        except subprocess.TimeoutExpired: self.daemon.kill()
        self.backend.send_signal(signal.SIGTERM); so, _ = self.backend.communicate(); os.unlink(self.cfg)
        return {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", so.splitlines()[-1])} if so else {}

def row(case, subject, r, **figures):
    line = json.dumps(dict(case=case, subject=subject, round=r, at=time.strftime("%H:%M:%S"), load=round(os.getloadavg()[0], 2), **figures))
    print(line, flush=True); open(a.out, "a").write(line + "\n")

def burst(case, subject, r, n, flags=(), warm=None, after=None):
    if subject == "recvloop":
        d = Run(subject); time.sleep(0.3); rate = d.blast(n, 0); out, _ = d.daemon.communicate(); d.backend.kill(); os.unlink(d.cfg)
        return row(case, subject, r, sent=n, offered=rate, taken=int(out.split("=")[1]))
    d = Run(subject, flags)
    if warm: time.sleep(1); d.warm(*warm)
    else: time.sleep(max(0, after - (time.time() - d.t - d.bound)))
    k = drops(d.udp); rate = d.blast(n, 0); d.settle(); lost = drops(d.udp) - k; t = d.stop()
    row(case, subject, r, sent=n, offered=rate, taken=t["unique"], kernelDrops=lost)

def cost(case, subject, r, n, rate, flags=(), warm=(600000, 20000)):
    d = Run(subject, flags); time.sleep(1)
    if warm: d.warm(*warm)
    k = drops(d.udp); c = cpu(d.pid); offered = d.blast(n, rate); time.sleep(1); end = cpu(d.pid); r1 = rss(d.pid); d.settle(); c1 = cpu(d.pid); lost = drops(d.udp) - k; t = d.stop()
    row(case, subject, r, sent=n, offered=offered, taken=t["unique"], kernelDrops=lost, requests=t["requests"], micros=round((c1 - c) * 1e6 / max(1, t["unique"]), 2), rssMb=round(r1[0], 1), peakMb=round(r1[1], 1))

def settling(case, subject, r):
    d = Run(subject); time.sleep(0.5); series = []
    b = subprocess.Popen([f"{a.tools}/udpblast", f"127.0.0.1:{d.udp}", "-s", "64", "-n", "1200000", "-r", "10000", "-z", "1024"], stdout=subprocess.DEVNULL)
    c, at = cpu(d.pid), time.time()
    while b.poll() is None:
        time.sleep(max(0, at + 2 - time.time())); now, t = cpu(d.pid), time.time(); series.append(round((now - c) * 1e6 / 10000 / (t - at), 2)); c, at = now, t
    m = rss(d.pid); d.stop()
    final = statistics.median(series[-16:-1]); within = next((i for i in range(len(series)) if all(statistics.median(series[j:j + 3]) <= 1.2 * final for j in range(i, min(len(series) - 3, i + 12)))), None)
    row(case, subject, r, microsEach2s=series, final=final, secondsUntilWithin20Percent=None if within is None else 2 * within, rssMb=round(m[0], 1), peakMb=round(m[1], 1))

class FirstCall(http.server.BaseHTTPRequestHandler):
    """Notes when the first batch has been read in full."""
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/TraceSegments" and self.server.at is None: self.server.at = time.time(); self.server.documents = body.count(b"trace_id")
        answer = b'{"UnprocessedTraceSegments":[]}'
        self.send_response(200); self.send_header("Content-Type", "application/json"); self.send_header("Content-Length", str(len(answer))); self.end_headers(); self.wfile.write(answer)
    def log_message(self, *_): pass

def starts(case, subject, r):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FirstCall); server.at = None; threading.Thread(target=server.serve_forever, daemon=True).start()
    d = Run(subject, sink=server.server_address[1]); s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); now = time.time()
    # a full batch (50), at once when the port is bound
    for i in range(50):
        s.sendto(('{"format":"json","version":1}\n{"name":"x","id":"%016x","trace_id":"1-%08x-%024x","start_time":%f,"end_time":%f}' % (i + 1, int(now), i + 1, now, now)).encode(), ("127.0.0.1", d.udp))
    while server.at is None and time.time() - d.t < 10: time.sleep(0.001)
    first = server.at; time.sleep(2); c = cpu(d.pid); m = rss(d.pid); d.stop(); server.shutdown()
    row(case, subject, r, boundMs=round(d.bound * 1000), firstDeliveryMs=None if first is None else round((first - d.t) * 1000), cpuSeconds=c, rssMb=round(m[0], 1))

def idle(case, subject, r):
    d = Run(subject); time.sleep(60); c = cpu(d.pid); m60 = rss(d.pid)[0]; time.sleep(180); c1 = cpu(d.pid); m = rss(d.pid)[0]; d.stop()
    row(case, subject, r, cpuPercent=round((c1 - c) / 180 * 100, 3), rssMbAfter60s=round(m60, 1), rssMbAfter240s=round(m, 1))

ROUNDS = range(1, a.rounds + 1)
def all_of(name, subjects, rounds, f):
    if a.only and name not in a.only: return
    for r in range(1, rounds + 1):
        for s in subjects: f(s, r)
all_of("burst-warm", ("recvloop", "linked"), 10, lambda s, r: burst("burst-warm", s, r, 20000, warm=(100000, 20000)))
all_of("burst-warm-17", ("java17",), a.rounds, lambda s, r: burst("burst-warm", s, r, 20000, warm=(100000, 20000)))
all_of("burst-0.6s", ("linked", "java17"), 10, lambda s, r: burst("burst-0.6s", s, r, 20000, after=0.6))
all_of("burst-2s", ("linked", "java17"), 10, lambda s, r: burst("burst-2s", s, r, 20000, after=2))
all_of("burst-100k", ("recvloop", "linked", "java17"), a.rounds, lambda s, r: burst("burst-100k", s, r, 100000, ("-m", "256"), warm=(100000, 20000)))
all_of("lossless", ("linked", "java17"), a.rounds, lambda s, r: cost("lossless", s, r, 1500000, 150000, ("-m", "128"), warm=(100000, 20000)))
all_of("cost", ("floor", "linked", "java17") + (("base",) if a.base else ()), a.rounds, lambda s, r: cost("cost", s, r, 100000, 10000))
all_of("low", ("floor", "linked", "java17") + (("base",) if a.base else ()), 3, lambda s, r: cost("low", s, r, 20000, 2000))
all_of("start", ("linked", "java17"), 10, lambda s, r: starts("start", s, r))
all_of("settling", ("linked",), 3, lambda s, r: settling("settling", s, r))
all_of("idle", ("linked", "java17"), 1, lambda s, r: idle("idle", s, r))
