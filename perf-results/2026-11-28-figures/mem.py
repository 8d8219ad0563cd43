#!/usr/bin/env python3
"""What the daemon's resident memory is: /proc/PID/smaps by kind, idle and under load. usage: mem.py DIST TOOLS OUT.json [FLAG...]"""
import collections, json, os, re, signal, socket, subprocess, sys, time
dist, tools, out, flags = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
def free(k):
    with socket.socket(socket.AF_INET, k) as s: s.bind(("127.0.0.1", 0)); return s.getsockname()[1]
u, t, x = free(socket.SOCK_DGRAM), free(socket.SOCK_STREAM), free(socket.SOCK_STREAM)
sink = subprocess.Popen([f"{tools}/xraysink", str(x)], stdout=subprocess.DEVNULL)
env = dict(os.environ, AWS_ACCESS_KEY_ID="A", AWS_SECRET_ACCESS_KEY="b", XRAY_JAVA_OPTS="-XX:NativeMemoryTracking=summary"); env.pop("JAVA_HOME", None)
if os.environ.get("MEM_JAVA_HOME"): env["JAVA_HOME"] = os.environ["MEM_JAVA_HOME"]
d = subprocess.Popen([f"{dist}/bin/xray", "-o", "-n", "us-east-1", "-b", f"127.0.0.1:{u}", "-t", f"127.0.0.1:{t}", "--endpoint", f"http://127.0.0.1:{x}", "-l", "error", *flags], env=env)
def smaps():
    kinds, kind, total = collections.Counter(), None, 0
    for l in open(f"/proc/{d.pid}/smaps"):
        m = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", l)
        if m:
            n = m[4].rsplit("/", 1)[-1]; size = int(m[2], 16) - int(m[1], 16)
            kind = ("class-data archive" if n.endswith(".jsa") else "libjvm.so" if n == "libjvm.so" else "jimage modules" if n == "modules" else "jars" if n.endswith(".jar") else "other libraries" if ".so" in n else "malloc (main heap)" if n == "[heap]" else "main thread's stack" if n == "[stack]" else f"file {n}" if n else f"anonymous {m[3]}")
            rng = (int(m[1], 16), int(m[2], 16)); cur = (kind, rng)
        elif l.startswith("Rss:"):
            kinds[cur[0]] += int(l.split()[1])
    return {k: round(v / 1024, 2) for k, v in kinds.most_common() if v > 40}
def nmt():
    o = subprocess.run(["jcmd", str(d.pid), "VM.native_memory", "summary", "scale=KB"], capture_output=True, text=True).stdout
    r = {}
    for name, res, com in re.findall(r"-\s+([A-Za-z ]+) \(reserved=(\d+)KB, committed=(\d+)KB", o): r[name.strip()] = round(int(com) / 1024, 2)
    m = re.search(r"Total: reserved=\d+KB, committed=(\d+)KB", o); r["total committed"] = m and round(int(m[1]) / 1024, 2)
    return r
def rss(): return {k: round(int(v) / 1024, 1) for k, v in re.findall(r"(VmRSS|RssAnon|RssFile|VmHWM):\s+(\d+)", open(f"/proc/{d.pid}/status").read())}
time.sleep(15); res = {"idle": {"status": rss(), "smaps": smaps(), "nmtCommitted": nmt()}}
subprocess.run([f"{tools}/udpblast", f"127.0.0.1:{u}", "-s", "64", "-n", "400000", "-r", "10000", "-z", "1024"], stdout=subprocess.DEVNULL)
res["after 40 s at 10,000/s"] = {"status": rss(), "smaps": smaps(), "nmtCommitted": nmt()}
d.send_signal(signal.SIGTERM); d.wait(); sink.kill()
json.dump(res, open(out, "w"), indent=1); print(json.dumps(res, indent=1))
