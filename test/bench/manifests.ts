/** Manifests as teams write them, about 60 lines each: mostly in order, one in ten with a mistake. */

/** The nth manifest. */
export function manifest(n: number): string {
  const name = `app-${n}`;
  const mistake = n % 10 === 0;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop-${Math.floor(n / 20)}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: shop
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 25% }
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
        app.kubernetes.io/part-of: shop
    spec:
      serviceAccountName: ${name}
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: app
          image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/app@sha256:${"0123456789abcdef".repeat(4)}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: "info"
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: database
                  key: password
          resources:
            requests: { cpu: 100m, memory: 128Mi, ephemeral-storage: 64Mi }
            limits:
              memory: 256Mi
              ephemeral-storage: 256Mi
          securityContext:
            privileged: ${mistake}
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          livenessProbe: # says that the process is stuck
            httpGet: { path: /live, port: http }
          startupProbe:
            httpGet: { path: /live, port: http }
            failureThreshold: 30
`;
}
