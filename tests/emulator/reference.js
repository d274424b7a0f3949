const response = await fetch("https://backend.flashback.tech/apikeys", {
  method: 'POST',
  headers: {
    'Authorization': 'Bearer <your-session-token>',
    'Content-Type': 'application/json'
  },
  body: JSON.stringify({
    workspaceId: "workspace-uuid",
    key: "YOUR_ACCESS_KEY",
    secret: "YOUR_SECRET_KEY",
    provider: "AWS",
    endpoint: "s3.us-east-1.amazonaws.com",
    region: "us-east-1"
  })
});
const data = await response.json();
console.log(data);
