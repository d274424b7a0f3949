# What the blocks of the pages call beside the commands that they show; read before each page.

workspace="workspaceId=$WORKSPACE"
secrets="--secret accessKey=canary-value --secret secretKey=canary-value --secret firstPassword=canary-value"

key() {  # the id of a key of the workspace
    "$REAL_FLASHBACK" keys list --workspace $WORKSPACE --output json |
        python -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])'
}

new_key() {  # creates one and prints its id
    python - <<'END'
import os
from pulumi_flashback.client import FlashbackClient

names = ("base_url", "email", "password")
signed_in = {name: os.environ[f"FLASHBACK_{name.upper()}"] for name in names}
with FlashbackClient(**signed_in) as client:
    workspace = os.environ["WORKSPACE"]
    rows = client.api_keys.list(workspace_id=workspace)
    pair = {"key": f"key {len(rows)}", "secret": "secret", "provider": "AWS"}
    print(client.api_keys.create(workspace_id=workspace, description="Nightly backups", **pair).api_key_id)
END
}

new_bucket() {  # creates one with the credentials of the key and prints its id
    KEY=$(key) python - <<'END'
import os
from pulumi_flashback.client import FlashbackClient

names = ("base_url", "email", "password")
signed_in = {name: os.environ[f"FLASHBACK_{name.upper()}"] for name in names}
with FlashbackClient(**signed_in) as client:
    fields = {"name": "backups", "bucket": "acme-backups", "storageType": "S3"}
    given = {"workspaceId": os.environ["WORKSPACE"], "apiKeyUuid": os.environ["KEY"]}
    print(client.buckets.create({**fields, **given}))
END
}

new() {  # creates an object of what concerns AI and prints the id for an import
    python - $1 <<'END'
import os
import sys
from pulumi_flashback.client import FlashbackClient

names = ("base_url", "email", "password")
signed_in = {name: os.environ[f"FLASHBACK_{name.upper()}"] for name in names}
with FlashbackClient(**signed_in) as client:
    there, kind = {"workspaceId": os.environ["WORKSPACE"]}, sys.argv[1]
    name = {"name": kind}
    if kind == "ai_llm":
        print(client.ai_llms.create({**there, **name, "aiType": "OPENAI", "secret": "secret"}))
    elif kind == "policy":
        rule = {"content": "Do not.", "riskType": "LOW", "actionType": 0}
        print(client.policies.create({"orgId": client.users.current().org_id, **name, **rule}).id)
    else:
        what = {"storageType": "S3", "mode": "NORMAL", "repoBuckets": [], "repoAiLlms": []}
        repository = client.repositories.create({**there, **name, **what})
        made = client.repository_ai_keys.create(repository, **name, ai_type="OPENAI")
        print(f"{repository}/{made.id}")
END
}

workspace_of() {
    [ "$1" = staging ] && echo $WORKSPACE-2 || echo $WORKSPACE
}

program() {  # previews a program in YAML
    local directory=$(mktemp -d)
    programs=$((${programs:-0} + 1))
    cat > $directory/program
    (
        exec < /dev/null
        cd $directory
        grep -q ^runtime: program || printf 'name: page\nruntime: yaml\n' > Pulumi.yaml
        cat program >> Pulumi.yaml
        pulumi stack init program-$programs
        pulumi config set-all --plaintext $workspace $secrets \
            --plaintext productionWorkspaceId=$WORKSPACE --plaintext productionEmail=a@example.com \
            --secret productionPassword=canary-value
        pulumi preview
    )
}
