"""Known vulnerabilities of the locked dependencies, or a clear word that they could not be looked up.

    python .ci/audit.py requirements.lock

Exit code 1 if an advisory concerns a version that is locked; 0 otherwise, also where the advisories cannot be reached:
a build without internet must not fail for it, but it must not seem to have looked either.
"""

from __future__ import annotations

import json
import subprocess
import sys


def main() -> None:
    """Run the audit and say what it comes to."""
    command = [sys.executable, "-m", "pip_audit", "-r", sys.argv[1], "--disable-pip", "--require-hashes", "-f", "json"]
    try:
        done = subprocess.run(
            [*command, "--progress-spinner", "off", "--timeout", "10"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        dependencies = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
        print(f"audit: not done, the advisories cannot be read ({type(error).__name__}); do it where there is internet")
        return
    skipped = [each["name"] for each in dependencies if "skip_reason" in each]
    concerned = [(each, found) for each in dependencies for found in each.get("vulns", ())]
    for each, found in concerned:
        print(f"audit: {each['name']} {each['version']}: {found['id']}; fixed in {', '.join(found['fix_versions'])}")
    looked_up = len(dependencies) - len(skipped)
    print(f"audit: {looked_up} of {len(dependencies)} locked dependencies looked up, {len(concerned)} advisories")
    if not looked_up:
        print("audit: no advisory service can be reached from here; do it where there is internet")
    raise SystemExit(bool(concerned))


if __name__ == "__main__":
    main()
