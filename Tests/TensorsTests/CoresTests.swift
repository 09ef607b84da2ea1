import CSaccadeThreads
import Foundation
import SaccadeTensors
import Testing

/// How many cores a process may use: affinity, and the quotas of its control groups.
@Suite struct CoresTests {
    /// Files as a system would have them.
    struct System: CustomTestStringConvertible {
        let testDescription: String
        let files: [String: String]
        let quota: Double

        init(_ description: String, _ quota: Double, _ files: [String: String]) {
            (testDescription, self.quota, self.files) = (description, quota, files)
        }
    }

    private static let version2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
    private static let version1 =
        "30 23 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        + "31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"

    static let systems = [
        System("nothing is said", 0, [:]),
        System(
            "version 2, no limit", 0,
            [
                "proc/self/mountinfo": version2, "proc/self/cgroup": "0::/\n",
                "sys/fs/cgroup/cpu.max": "max 100000\n",
            ]),
        System(
            "version 2, a core and a half", 1.5,
            [
                "proc/self/mountinfo": version2, "proc/self/cgroup": "0::/\n",
                "sys/fs/cgroup/cpu.max": "150000 100000\n",
            ]),
        System(
            "version 2, the group around it says less", 0.5,
            [
                "proc/self/mountinfo": version2, "proc/self/cgroup": "0::/user/service\n",
                "sys/fs/cgroup/user/service/cpu.max": "max 100000\n", "sys/fs/cgroup/user/cpu.max": "25000 50000\n",
                "sys/fs/cgroup/cpu.max": "400000 100000\n",
            ]),
        System(
            "version 2, a container that sees a part of its host's groups", 2,
            [
                "proc/self/mountinfo":
                    "30 23 0:26 /docker/4f1 /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
                "proc/self/cgroup": "0::/docker/4f1\n", "sys/fs/cgroup/cpu.max": "200000 100000\n",
            ]),
        System(
            "version 1", 2.5,
            [
                "proc/self/mountinfo": version1, "proc/self/cgroup": "12:memory:/\n3:cpuset:/\n4:cpu,cpuacct:/job\n",
                "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "250000\n",
                "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            ]),
        System(
            "both versions, one of them for nothing but names", 1,
            [
                "proc/self/mountinfo": version1 + "32 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
                "proc/self/cgroup": "4:cpu,cpuacct:/\n0::/\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "100000\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            ]),
        System(
            "files that make no sense", 0,
            [
                "proc/self/mountinfo": "30 23\nnonsense - cgroup2\n - \n" + version2 + version1,
                "proc/self/cgroup": "0\n:::\n0::/\n4:cpu:/\n", "sys/fs/cgroup/cpu.max": "many 0\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "1e400\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "0\n",
            ]),
        System(
            "a period of nothing, a quota below it", 0,
            [
                "proc/self/mountinfo": version2, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "-5 0\n",
            ]),
    ]

    @Test("quotas are read as the kernel writes them", arguments: systems)
    func quota(_ system: System) throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("cores-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in system.files {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        #expect(saccade_core_quota(root.path) == system.quota)
    }

    @Test("there are as many threads as cores at most")
    func counts() {
        #expect(Threads.most >= 1)
        #expect((1...Threads.most).contains(Threads.count))
    }
}
