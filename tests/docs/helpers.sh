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
