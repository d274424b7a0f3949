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

new_in_repository() {  # creates a repository, and a key (API, CLOUD, AI) in it; prints the id or both
    KIND=${1:-} KEY=$(key) python - <<'END'
import os
from pulumi_flashback.client import FlashbackClient

names = ("base_url", "email", "password")
signed_in = {name: os.environ[f"FLASHBACK_{name.upper()}"] for name in names}
with FlashbackClient(**signed_in) as client:
    kind = os.environ["KIND"]
    about = {"name": f"site {kind}", "storageType": "S3", "mode": "NORMAL", "repoBuckets": []}
    made = client.repositories.create({"workspaceId": os.environ["WORKSPACE"], **about})
    ids = [made]
    if kind == "API":
        ids.append(client.repository_api_keys.create(made, name="web", access_type="READ").id)
    if kind == "AI":
        ids.append(client.repository_ai_keys.create(made, name="web", ai_type="OPENAI").id)
    if kind == "CLOUD":
        ids.append(client.repository_cloud_keys.create(made, api_key_id=os.environ["KEY"]))
    print("/".join(ids))
END
}

new() {  # creates an AI model or a policy and prints its id
    KIND=$1 python - <<'END'
import os
from pulumi_flashback.client import FlashbackClient

names = ("base_url", "email", "password")
signed_in = {name: os.environ[f"FLASHBACK_{name.upper()}"] for name in names}
with FlashbackClient(**signed_in) as client:
    if os.environ["KIND"] == "ai_llm":
        about = {"name": "assistant", "aiType": "OPENAI", "secret": "secret"}
        print(client.ai_llms.create({"workspaceId": os.environ["WORKSPACE"], **about}))
    else:
        rule = {"name": "rule", "content": "Do not.", "riskType": "LOW", "actionType": 0}
        print(client.policies.create({"orgId": client.users.current().org_id, **rule}).id)
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
